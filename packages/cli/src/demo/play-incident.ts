import { continueFrom, health, shutdown, start } from '@whodid/sdk'
import { WhodidError } from '@whodid/model'
import { cast } from './cast.ts'
import { mergeByHand } from './merge-by-hand.ts'
import { runNightlyBilling } from './nightly-billing.ts'
import { recordingSettings } from './recording-settings.ts'
import type { Recording } from './recording-settings.ts'
import { runDbFixer } from './run-db-fixer.ts'
import type { Stage } from './stage.ts'
import { runTriage } from './triage-agent.ts'
import type { TriageLaunch } from './triage-agent.ts'

/** What the incident needs. */
export interface Incident {
  readonly stage: Stage
  readonly recording: Recording
  readonly signal: AbortSignal
  /** Told of each step: who, and what. */
  readonly tell: (who: string, what: string) => void
}

const deliveryTimeoutMs = 30_000

/**
 * Plays the incident: four actors at one time, one of whom is led astray. Resolves when the collector has acknowledged every
 * record of it. Rejects with a sentence when an actor fails, or when a record was not taken.
 */
export async function playIncident(incident: Incident): Promise<void> {
  start(recordingSettings(incident.recording, 'acme-workplace'))
  // Whoever started the demo may be traced itself; nothing of that belongs into this story.
  const acts = await continueFrom({}, () => Promise.allSettled(everybody(incident)))
  const isDelivered = await shutdown(deliveryTimeoutMs)
  for (const act of acts) if (act.status === 'rejected') throw act.reason
  const { recorded, exported, lastError } = health()
  if (!isDelivered || recorded !== exported)
    throw new WhodidError(
      'internal',
      `the collector took ${exported} of ${recorded} records of the incident: ${lastError}`,
    )
}

function everybody({ stage, recording, signal, tell }: Incident): Promise<unknown>[] {
  const { host, tokens, database } = stage
  const delegate = async (task: string): Promise<string> => {
    const work = { task, database: database.access, recording }
    const report = await runDbFixer(work, signal)
    tell('db-fixer, for repo-triage', report)
    return report
  }
  const nobody = (): Promise<string> => Promise.reject(new Error('not available here'))
  const launch = (work: Omit<TriageLaunch, 'host' | 'tell'>): Promise<string> => {
    tell(work.engineer, `launches repo-triage with a token of their own: "${work.prompt}"`)
    const name = `repo-triage, for ${work.engineer}`
    return runTriage({ ...work, host, tell: (what) => tell(name, what) })
  }
  return [
    launch({ engineer: cast.dev, token: tokens.dev, prompt: cast.triagePrompt, delegate }),
    launch({ engineer: cast.sam, token: tokens.sam, prompt: cast.samPrompt, delegate: nobody }),
    mergeByHand(host, tokens.dev, (what) => tell(cast.dev, what)),
    runNightlyBilling(database.access, (what) => tell('nightly-billing', what)),
  ]
}
