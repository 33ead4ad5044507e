import { firstUnstoredIndex } from '@whodid/collector'
import type { ContentKeys } from '@whodid/content'
import {
  askAboutLogs,
  findLogs,
  firstOfEachCode,
  isPassing,
  missingLogs,
  nothingMonitored,
  readTrust,
  storedPlaces,
  withoutAccepted,
} from '@whodid/verify'
import type { Finding, FoundLog, IntegrityMonitor, MonitorState } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'
import type { Policy } from '@whodid/tlog'
import type { ServiceConfig } from '../config/service-config.ts'
import type { Started, StartupContext } from '../start/startup-context.ts'
import { checkDerivedPart, noDerivedRound } from './check-derived-part.ts'
import { checkLog, nothing } from './check-log.ts'
import type { Look, Looking, Round } from './check-log.ts'
import type { TextRound } from './check-text-part.ts'

/** Settings of the self-check. */
export interface SelfCheckOptions {
  /** The witnesses that are trusted; undefined where none cosigns. */
  readonly policy?: Policy | undefined
  /** The keys that open texts; without them texts stay unopened. */
  readonly keys?: Pick<ContentKeys, 'find'> | undefined
  /** Milliseconds from one look to the next. Default a minute. */
  readonly everyMs?: number
  /** Milliseconds that the newest record of this service's own log may be old. Default five minutes. */
  readonly freshMsMax?: number
}

const everyMsDefault = 60_000
const freshMsMaxDefault = 300_000

const findingsMax = 100

/** The part of a start that the self-check uses. */
export type SelfCheckContext = Pick<StartupContext, 'onEvent'> & {
  readonly config: Pick<ServiceConfig, 'dataDir' | 'keysDir'>
}

/**
 * Verifies the ledger part by part while the service runs, and begins again after the last part. Each minute it verifies, on one thread
 * of ClickHouse: a part of the rows; the texts of a smaller part, as `whodid verify` does; a month of the tables that questions read
 * beside the records; that the log is fresh; and what its witnesses say of it. A changed row stays a finding until the service starts
 * again, and is reported once. A late checkpoint is a finding only while it is late.
 */
export function startSelfCheck(
  { config, onEvent }: SelfCheckContext,
  access: StoreAccess,
  options: SelfCheckOptions = {},
): Started<() => MonitorState> {
  const { policy, keys } = options
  const { everyMs = everyMsDefault, freshMsMax = freshMsMaxDefault } = options
  const reader = createLeafReader(access, { threadsMax: 1 })
  const stopping = new AbortController()
  const rounds = new Map<string, Round>()
  const textRounds = new Map<string, TextRound>()
  const startedMs = performance.now()
  let derivedRound = noDerivedRound
  let state: MonitorState = nothingMonitored
  let running: Promise<void> | undefined

  const warn = (message: string): void => {
    if (!stopping.signal.aborted) onEvent({ event: 'warning', message })
  }

  async function check(): Promise<void> {
    const isSettled = performance.now() - startedMs > freshMsMax
    const looked = { reader, rounds, policy, freshMsMax: isSettled ? freshMsMax : undefined }
    const texts = { keys, rounds: textRounds }
    try {
      const asked = await askAboutLogs(policy, config.dataDir, stopping.signal)
      const looks: Look[] = []
      const logs = await findLogs({ ...config, firstUnstored: firstUnstoredIndex })
      for (const log of logs) {
        const others = logs.filter((one) => one !== log)
        const served = asked.get(log.origin)
        looks.push(await checkLog(log, { ...looked, texts, others, served, stopping }))
      }
      const gone = missing(logs, { rounds, policy })
      looks.push({ ...nothing, findings: await lookBeside(logs) })
      const before = state
      state = after(before, [...looks, gone], { rounds, textRounds })
      for (const { code, text } of state.findings.filter((one) => !isKnown(one, before.findings)))
        onEvent({ event: 'warning', message: warningOf(code, text) })
    } catch (thrown) {
      // ClickHouse that does not answer has its own alarm; the age of the last check shows that this check is silent.
      warn(`the ledger was not verified: ${reasonOf(thrown)}`)
    }
  }

  /** An engine whose users were made by an earlier version refuses this alone: what else was verified stands. */
  async function lookBeside(logs: readonly FoundLog[]): Promise<readonly Finding[]> {
    try {
      const ground = { reader, signal: stopping.signal, storedTo: storedPlaces(logs) }
      const part = await checkDerivedPart(logs, ground, derivedRound)
      derivedRound = part.round
      return part.findings
    } catch (thrown) {
      warn(`the tables beside the records were not recomputed: ${reasonOf(thrown)}`)
      return []
    }
  }

  const timer = setInterval(() => {
    running ??= check().finally(() => (running = undefined))
  }, everyMs).unref()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    stopping.abort()
    await running
    await reader.close()
  }
  return { value: () => state, stop }
}

/** Starts the self-check with the witnesses that the configuration trusts. Throws as `readTrust`. */
export async function startWatch(
  context: Pick<StartupContext, 'onEvent' | 'config'>,
  access: StoreAccess,
  keys: SelfCheckOptions['keys'],
): Promise<Started<IntegrityMonitor>> {
  const policy = await readTrust(context.config)
  const { value: state, stop } = startSelfCheck(context, access, { policy, keys })
  return { value: { policy, state }, stop }
}

/** The logs whose trees the data directory holds: this service's own, and those that were copied there. */
export async function knownLogs(config: SelfCheckContext['config']): Promise<string[]> {
  const logs = await findLogs({ ...config, firstUnstored: firstUnstoredIndex })
  return logs.map(({ origin }) => origin)
}

/** The findings of logs that were there, or that the policy names, and are gone. */
function missing(
  logs: readonly FoundLog[],
  { rounds, policy }: Pick<Looking, 'rounds' | 'policy'>,
): Look {
  const origins = logs.map(({ origin }) => origin)
  const gone = [...rounds.keys()].filter((origin) => !origins.includes(origin))
  const findings: Finding[] = gone.map((log) => {
    const text = 'the log was here since the service started; its tree is gone'
    return { code: 'log_missing', log, text }
  })
  const named = policy === undefined ? [] : missingLogs(policy, origins)
  const all = [...findings, ...named.filter(({ log }) => !gone.includes(log))]
  return { ...nothing, findings: all }
}

/** Keeps the findings of changes, and drops those that have passed. */
function after(
  before: MonitorState,
  looks: readonly Look[],
  {
    rounds,
    textRounds,
  }: {
    readonly rounds: ReadonlyMap<string, Round>
    readonly textRounds: ReadonlyMap<string, TextRound>
  },
): MonitorState {
  const found = looks.flatMap(({ findings }) => findings)
  // What was a finding before somebody accepted the loss is none from then on, and a later one that nobody accepted is.
  const losses = looks.flatMap((look) => look.losses)
  const past = before.findings.filter(({ code }) => !isPassing(code))
  const kept = withoutAccepted(past, losses)
  const accepted = new Map([...before.acceptedLosses, ...losses].map((loss) => [loss.record, loss]))
  const fresh = found.filter((finding) => !isKnown(finding, kept))
  const logs = looks.flatMap(({ origin, watched }) =>
    watched === undefined ? [] : [[origin, watched] as const],
  )
  const wholeOf = (known: ReadonlyMap<string, { readonly wholeUnixMs: number }>): number =>
    logs.length === 0 ? 0 : Math.min(...logs.map(([origin]) => known.get(origin)?.wholeUnixMs ?? 0))
  return {
    checkedUnixMs: Date.now(),
    wholeUnixMs: wholeOf(rounds),
    textsWholeUnixMs: wholeOf(textRounds),
    rowCount: before.rowCount + looks.reduce((sum, { rowCount }) => sum + rowCount, 0),
    textCount: before.textCount + looks.reduce((sum, { textCount }) => sum + textCount, 0),
    findings: firstOfEachCode([...kept, ...fresh]).slice(0, findingsMax),
    acceptedLosses: [...accepted.values()].slice(0, findingsMax),
    logs: new Map(logs),
  }
}

function isKnown({ code, log, index }: Finding, known: readonly Finding[]): boolean {
  const isPlaced = !isPassing(code)
  return known.some(
    (one) => one.code === code && one.log === log && (!isPlaced || one.index === index),
  )
}

function warningOf(code: Finding['code'], text: string): string {
  const head = isPassing(code) ? 'the ledger is not as fresh as it should be' : alarm
  return `${head}: ${code}: ${text}`
}

const alarm = 'THE LEDGER IS NOT WHAT WAS SEALED'

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown failure'
}
