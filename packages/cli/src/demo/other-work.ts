import { human, service, sqlComment, tool } from '@whodid/sdk'
import { cast, customerResource, pullResource } from './cast.ts'
import type { CodeHost } from './code-host.ts'
import { queryDatabase } from './database-client.ts'
import type { DatabaseAccess } from './database-client.ts'
import { personalToken } from './triage-agent.ts'
import { commitTrailers } from './triage-tools.ts'

/** The engineer merges a pull request by hand; the token is the one that the agent borrows. */
export function mergeByHand(
  host: CodeHost,
  token: string,
  tell: (what: string) => void,
): Promise<void> {
  const number = cast.mergedByHand
  const options = {
    verb: 'update',
    resource: pullResource(number),
    arguments: { number },
    credential: personalToken(cast.dev, token),
  }
  return human({ id: cast.dev }, () =>
    tool('merge_pull_request', options, async (call) => {
      await host.merge(token, number, commitTrailers(call))
      tell(`merges pull request ${number} by hand`)
    }),
  )
}

/** The work beside the agents that no agent does: a scheduled job that bills a customer. */
export function runNightlyBilling(
  database: DatabaseAccess,
  tell: (what: string) => void,
): Promise<void> {
  const id = cast.billedCustomer
  const schedule = { id: 'cron:nightly-billing', type: 'schedule' } as const
  return service({ name: 'nightly-billing', onBehalfOf: schedule }, () =>
    tool('bill_customer', { verb: 'update', resource: customerResource(id) }, async () => {
      const statement = `UPDATE customers SET balance_cents = balance_cents - 1900 WHERE id = ${id}`
      await queryDatabase(database, sqlComment(statement))
      tell(`updates customer ${id}`)
    }),
  )
}
