import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AgentsOrder, AgentsReply, AgentsSettings } from './agents-messages.ts'

/** A process with agents. */
export interface AgentsProcess {
  readonly instances: readonly string[]
  /** Sends an order and resolves with its reply; one at a time. Rejects when the process ends. */
  ask<Kind extends AgentsReply['kind']>(
    order: AgentsOrder,
    kind: Kind,
  ): Promise<Extract<AgentsReply, { kind: Kind }>>
  stop(): Promise<void>
}

/** Starts a process with agents, which ends with this one. */
export async function startAgents(settings: AgentsSettings): Promise<AgentsProcess> {
  const program = fileURLToPath(new URL('./agents-process.js', import.meta.url))
  const child = fork(program, [JSON.stringify(settings)])
  const exited = once(child, 'exit')
  const next = async <Kind extends AgentsReply['kind']>(
    kind: Kind,
  ): Promise<Extract<AgentsReply, { kind: Kind }>> => {
    const gone = exited.then(() => {
      throw new Error('a process with agents ended')
    })
    // Events of a child process are not typed; the child sends nothing else.
    const [reply] = (await Promise.race([once(child, 'message'), gone])) as [AgentsReply]
    if (reply.kind !== kind) throw new Error(`expected "${kind}"; got "${reply.kind}"`)
    // The kind was compared just now.
    return reply as Extract<AgentsReply, { kind: Kind }>
  }
  const { instances } = await next('ready')
  return {
    instances,
    ask: (order, kind) => {
      child.send(order)
      return next(kind)
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
