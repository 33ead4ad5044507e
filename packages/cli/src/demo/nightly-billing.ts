import { service, sqlComment, tool } from '@whodid/sdk'
import { cast, customerResource } from './cast.ts'
import { queryDatabase } from './database-client.ts'
import type { DatabaseAccess } from './database-client.ts'

/** A scheduled job that is no agent: it bills a customer, while the agents work. */
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
