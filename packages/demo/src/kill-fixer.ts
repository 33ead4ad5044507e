import { setTimeout as sleep } from 'node:timers/promises'
import { dataOf, openApi } from '@whodid/client'
import type { ApiAccess } from '@whodid/client'
import { WhodidError } from '@whodid/model'
import { cast, customerResource } from './cast.ts'

/** The kill of an instance. */
export interface FixerKill {
  /** The investigator's and the administrator's access to the API. */
  readonly ask: ApiAccess
  readonly order: ApiAccess
  readonly signal: AbortSignal
  readonly report: (what: string) => void
}

const askEveryMs = 200
const answerTimeoutMs = 60_000

/**
 * Somebody misses customer 42 and asks who deleted it; once the answer names an instance, that instance is killed. Resolves with its ID.
 * Throws `internal` when no answer names one within 60 s, and the errors of the API.
 */
export async function killFixer({ ask, order, signal, report }: FixerKill): Promise<string> {
  const missed = customerResource(cast.missedCustomer)
  const asking = openApi(ask, { signal })
  const deadlineMs = performance.now() + answerTimeoutMs
  const query = { of: missed }
  for (;;) {
    const answer = await dataOf(asking.GET('/v1/who-did', { params: { query } }))
    const instance = answer.agent?.instance?.id
    if (instance !== undefined) {
      report(`misses customer ${cast.missedCustomer}, asks who did it: ${instance} of db-fixer`)
      await dataOf(
        openApi(order, { signal }).POST('/v1/revocations', {
          body: { action: 'revoke', target: { kind: 'instance', id: instance }, cause: 'incident' },
        }),
      )
      report(`KILLS this one instance: whodid kill instance:${instance}`)
      return instance
    }
    if (performance.now() > deadlineMs)
      throw new WhodidError('internal', `nobody is on record as having deleted ${missed}`)
    await sleep(askEveryMs, undefined, { signal })
  }
}
