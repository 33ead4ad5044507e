import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadReply, PrepareOrder, SendOrder, SendOutcome } from './load-messages.ts'

/** The process that sends, apart from those that are measured. */
export interface Load {
  /** Resolves with the bytes of all bodies together, before compression. */
  prepare(order: Omit<PrepareOrder, 'kind'>): Promise<number>
  send(order: Omit<SendOrder, 'kind'>): Promise<SendOutcome>
  stop(): Promise<void>
}

/** Starts the load process. It ends with this one. */
export function startLoad(): Load {
  const child = fork(fileURLToPath(new URL('./load-process.js', import.meta.url)), {
    serialization: 'advanced',
  })
  const exited = once(child, 'exit')

  async function ask(order: LoadOrder): Promise<LoadReply> {
    const gone = exited.then(() => {
      throw new Error('the load process ended')
    })
    child.send(order)
    // Events of a child process are not typed; the child sends nothing else.
    const [reply] = (await Promise.race([once(child, 'message'), gone])) as [LoadReply]
    if (reply.kind === 'failed') throw new Error(reply.message)
    return reply
  }

  return {
    prepare: async (order) => {
      const reply = await ask({ kind: 'prepare', ...order })
      return reply.kind === 'prepared' ? reply.bodyBytes : 0
    },
    send: async (order) => {
      const reply = await ask({ kind: 'send', ...order })
      if (reply.kind !== 'sent') throw new Error(`the load process answered "${reply.kind}"`)
      return reply.outcome
    },
    stop: async () => {
      child.disconnect()
      await exited
    },
  }
}
