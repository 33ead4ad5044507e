import { deliverLast } from './last-delivery.ts'
import { interruptOpen } from '../runtime.ts'
import type { Runtime } from '../runtime.ts'

type Signal = 'SIGTERM' | 'SIGINT'

/**
 * Delivers what is left however the process ends: by itself, by `process.exit` or an uncaught error (synchronously, in
 * the `exit` event), by SIGTERM or SIGINT unless the application handles those itself. `kill -9` and a power cut leave what was
 * not yet sent unrecorded, which the ledger shows as holes in the instances' numbering. Returns what undoes it.
 */
export function installExitHooks(runtime: Runtime): () => void {
  let reason = 'process exit'
  let gaveUp = false
  const flush = async (): Promise<void> => {
    if (!(await runtime.queue.flush(runtime.config.exitFlushMs))) gaveUp = true
  }
  const onBeforeExit = (): void => {
    // The flush keeps the process alive; when it is done the event comes again, and then there is nothing left to do.
    if (runtime.queue.pending > 0 && !gaveUp) void flush()
  }
  const onUncaught = (error: unknown): void => {
    reason = `uncaught ${error instanceof Error ? error.name : typeof error}`
  }
  const onExit = (): void => {
    interruptOpen(runtime, reason)
    deliverLast(runtime, !gaveUp)
  }
  const onSignal = (signal: Signal): void => {
    // Someone else handles it too: the process may live on, so nothing is cut short.
    if (process.listenerCount(signal) > 1) {
      void runtime.queue.flush(runtime.config.exitFlushMs)
      return
    }
    process.removeListener(signal, onSignal)
    reason = signal
    interruptOpen(runtime, reason)
    void flush().then(() => {
      process.kill(process.pid, signal)
    })
  }
  process.on('beforeExit', onBeforeExit)
  process.on('uncaughtExceptionMonitor', onUncaught)
  process.on('exit', onExit)
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return () => {
    process.removeListener('beforeExit', onBeforeExit)
    process.removeListener('uncaughtExceptionMonitor', onUncaught)
    process.removeListener('exit', onExit)
    process.removeListener('SIGTERM', onSignal)
    process.removeListener('SIGINT', onSignal)
  }
}
