import {
  continueFrom,
  health,
  human,
  service,
  shutdown,
  sqlComment,
  start,
  tool,
} from '@whodid/sdk'
import { WhodidError } from '@whodid/model'
import { cast, customerResource, pullResource } from './cast.ts'
import type { CodeHost } from './code-host.ts'
import { killFixer } from './kill-fixer.ts'
import type { FixerKill } from './kill-fixer.ts'
import { recordingSettings, runDbFixer } from './run-db-fixer.ts'
import type { Recording } from './run-db-fixer.ts'
import type { Stage } from './stage.ts'
import { queryDatabase } from './start-database.ts'
import type { DatabaseAccess } from './start-database.ts'
import { personalToken, runTriage } from './triage-agent.ts'
import { commitTrailers } from './triage-tools.ts'
import type { TriageLaunch } from './triage-tools.ts'

/** The parts that the incident uses. */
export interface Incident {
  readonly stage: Stage
  readonly recording: Recording
  /** The API, as somebody who is on call has it. */
  readonly api: Pick<FixerKill, 'ask' | 'order'>
  readonly signal: AbortSignal
  /** Called with each step: the actor and the act. */
  readonly report: (who: string, what: string) => void
}

const deliveryTimeoutMs = 30_000

/**
 * Plays the incident: four actors at one time, one of whom is led astray, and a fifth who stops what came of it. Resolves with the
 * instance that was killed, when the collector has acknowledged every record. Rejects with a sentence when an actor fails, or when a record was not taken.
 */
export async function playIncident(incident: Incident): Promise<string> {
  start(recordingSettings(incident.recording, 'acme-workplace'))
  // The process that started the demo may be traced itself; none of that belongs in this story.
  const killed = killOnCall(incident)
  const acts = await continueFrom({}, () => Promise.allSettled(everybody(incident, killed)))
  const isDelivered = await shutdown(deliveryTimeoutMs)
  for (const act of acts) if (act.status === 'rejected') throw act.reason
  const { recorded, exported, lastError } = health()
  if (!isDelivered || recorded !== exported)
    throw new WhodidError(
      'internal',
      `the collector took ${exported} of ${recorded} records of the incident: ${lastError}`,
    )
  return killed
}

function killOnCall({ api, signal, report }: Incident): Promise<string> {
  return killFixer({ ...api, signal, report: (what) => report(cast.onCall, what) })
}

function everybody(
  { stage, recording, signal, report }: Incident,
  killed: Promise<unknown>,
): Promise<unknown>[] {
  const { host, tokens, database } = stage
  const delegate = async (task: string): Promise<string> => {
    const work = { task, database: database.access, recording }
    const outcome = await runDbFixer(work, signal)
    report('db-fixer, for repo-triage', outcome)
    return outcome
  }
  const nobody = (): Promise<string> => Promise.reject(new Error('not available here'))
  const launch = (work: Omit<TriageLaunch, 'host' | 'report'>): Promise<string> => {
    report(work.engineer, `launches repo-triage with a token of their own: "${work.prompt}"`)
    const name = `repo-triage, for ${work.engineer}`
    return runTriage({ ...work, host, report: (what) => report(name, what) })
  }
  return [
    launch({ engineer: cast.dev, token: tokens.dev, prompt: cast.triagePrompt, delegate }),
    launch({ engineer: cast.sam, token: tokens.sam, prompt: cast.samPrompt, delegate: nobody }),
    killed.then(() => mergeByHand(host, tokens.dev, (what) => report(cast.dev, what))),
    runNightlyBilling(database.access, (what) => report('nightly-billing', what)),
  ]
}

/** The engineer goes on working, and merges a pull request by hand; the token is the one that the agent borrows. */
function mergeByHand(host: CodeHost, token: string, report: (what: string) => void): Promise<void> {
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
      report(`merges pull request ${number} by hand`)
    }),
  )
}

/** A scheduled job that is no agent: it bills a customer, while the agents work. */
function runNightlyBilling(
  database: DatabaseAccess,
  report: (what: string) => void,
): Promise<void> {
  const id = cast.billedCustomer
  const schedule = { id: 'cron:nightly-billing', type: 'schedule' } as const
  return service({ name: 'nightly-billing', onBehalfOf: schedule }, () =>
    tool('bill_customer', { verb: 'update', resource: customerResource(id) }, async () => {
      const statement = `UPDATE customers SET balance_cents = balance_cents - 1900 WHERE id = ${id}`
      await queryDatabase(database, sqlComment(statement))
      report(`updates customer ${id}`)
    }),
  )
}
