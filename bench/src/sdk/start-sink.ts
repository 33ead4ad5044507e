import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the sink tells its parent. */
export type SinkReply =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'counted'; readonly bytes: Readonly<Record<string, number>> }

/** A process that takes whatever is exported to it, so that its CPU time is not in what is measured. */
export interface Sink {
  readonly url: string
  /** Bytes taken so far, by the first part of the path. */
  counted(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

/** Starts one. It ends with this process. */
export async function startSink(): Promise<Sink> {
  const child = fork(fileURLToPath(new URL('./sink-process.js', import.meta.url)))
  const exited = once(child, 'exit')
  const next = async (): Promise<SinkReply> => {
    const gone = exited.then(() => {
      throw new Error('the sink ended')
    })
    // Events of a child process are not typed; the child sends nothing else.
    const [reply] = (await Promise.race([once(child, 'message'), gone])) as [SinkReply]
    return reply
  }
  const listening = await next()
  return {
    url: listening.kind === 'listening' ? listening.url : '',
    counted: async () => {
      child.send('count')
      const reply = await next()
      return reply.kind === 'counted' ? reply.bytes : {}
    },
    stop: async () => {
      child.disconnect()
      await exited
    },
  }
}
