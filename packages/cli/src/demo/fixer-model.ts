import type { Message, ModelReply } from './agent-loop.ts'

/** The scripted model of `db-fixer`: does to the customers that its task names what the task says, and asks nobody. */
export function fixerModel(context: readonly Message[]): ModelReply {
  const done = context.findLast((message) => message.role === 'tool')
  if (done !== undefined) return { text: done.text, toolCalls: [] }
  const task = context.find((message) => message.role === 'user')?.text ?? ''
  const [, first, last] = /delete customers (\d+) to (\d+)/iu.exec(task) ?? []
  if (first === undefined || last === undefined)
    return { text: 'There is nothing to do.', toolCalls: [] }
  return {
    text: '',
    plan: [`Delete customers ${first} to ${last} in one statement`],
    toolCalls: [
      {
        tool: 'delete_customers',
        arguments: { first: Number(first), last: Number(last) },
        step: 1,
      },
    ],
  }
}
