// The agent `db-fixer`, in a process of its own. It learns from its environment who delegates to it and for whom, and from
// its standard input what to do; its report goes to standard output.
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { agent, credentialId, shutdown, sqlComment, start, tool } from '@whodid/sdk'
import { runAgentLoop } from './agent-loop.ts'
import type { AgentTool, Message, ModelReply } from './agent-loop.ts'
import { customerResource } from './cast.ts'
import { recordingSettings } from './run-db-fixer.ts'
import type { FixerTask } from './run-db-fixer.ts'
import { queryDatabase } from './start-database.ts'

// Written by the process that started this one.
const { task, database, recording } = (await json(process.stdin)) as FixerTask

const batchPauseMs = 20_000

const deleteCustomers: AgentTool = (request) => {
  const { first, last } = request.arguments
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last))
    throw new TypeError('"first" and "last" expected whole numbers')
  const options = {
    verb: 'delete',
    resource: 'db:table:shop/customers',
    arguments: request.arguments,
    step: request.step,
  }
  return tool('delete_customers', options, async ({ signal }) => {
    const statement = `DELETE FROM customers WHERE id BETWEEN ${String(first)} AND ${String(last)} RETURNING id`
    const rows = await queryDatabase(database, sqlComment(statement))
    const ids = rows.map(({ id }) => Number(id))
    // One statement, several rows: each that went has a record of its own, below that of the call, which announced them all.
    for (const id of ids)
      await tool(
        'delete_customers',
        {
          verb: 'delete',
          resource: customerResource(id),
          step: request.step,
          destructive: false,
        },
        () => undefined,
      )
    await pauseBetweenBatches(signal)
    return `deleted customers ${ids.join(', ')}`
  })
}

/** A job on a live table leaves it alone between two batches. Nobody need wait for an agent that was stopped. */
async function pauseBetweenBatches(signal: AbortSignal): Promise<void> {
  await sleep(batchPauseMs, undefined, { signal }).catch(() => undefined)
}

start(recordingSettings(recording, 'db-fixer'))
const report = await agent(
  {
    name: 'DB fixer',
    version: '0.9.2',
    credential: {
      id: credentialId(database.password),
      type: 'password',
      subject: 'shop_app',
      scopes: ['customers'],
    },
  },
  () =>
    runAgentLoop({
      model: fixerModel,
      tools: { delete_customers: deleteCustomers },
      prompt: task,
      origin: 'agent',
      report: () => undefined,
    }),
)
if (!(await shutdown())) throw new Error('the records of db-fixer were not taken in time')
process.stdout.write(report)

/** The scripted model of `db-fixer`: does to the customers that its task names what the task says, and asks nobody. */
function fixerModel(context: readonly Message[]): ModelReply {
  const done = context.filter((message) => message.role === 'tool')
  if (done.length > 0) return { text: done.map(({ text }) => text).join('; '), toolCalls: [] }
  const task = context.find((message) => message.role === 'user')?.text ?? ''
  const batches = [...task.matchAll(/(\d{1,9}) to (\d{1,9})/gu)]
  if (batches.length === 0) return { text: 'There is nothing to do.', toolCalls: [] }
  return {
    text: '',
    plan: batches.map(([range]) => `Delete customers ${range} in one statement`),
    toolCalls: batches.map(([, first, last], place) => ({
      tool: 'delete_customers',
      arguments: { first: Number(first), last: Number(last) },
      step: place + 1,
    })),
  }
}
