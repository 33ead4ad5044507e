import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessControl } from './command.ts'

const interruptedExitCode = 130
/** Milliseconds within which a signal to oneself arrives. */
const signalArrivesMs = 1_000

const stopSignals = ['SIGINT', 'SIGTERM'] as const
const takenSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/**
 * Takes charge of this process's signals. The first SIGINT or SIGTERM aborts `stopping`, and the second ends the process; unless a
 * command takes them.
 */
export function processControl(): {
  readonly control: ProcessControl
  readonly stopping: AbortSignal
} {
  const stopping = new AbortController()
  const onStop = (): void => {
    if (stopping.signal.aborted) process.exit(interruptedExitCode)
    stopping.abort()
  }
  for (const signal of stopSignals) process.on(signal, onStop)
  const control: ProcessControl = {
    takeSignals: (handle) => {
      for (const signal of stopSignals) process.off(signal, onStop)
      for (const signal of takenSignals) process.on(signal, handle)
    },
    endBySignal: async (signal) => {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
      await sleep(signalArrivesMs)
      return interruptedExitCode
    },
  }
  return { control, stopping: stopping.signal }
}
