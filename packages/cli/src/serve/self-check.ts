import { firstUnstoredIndex } from '@whodid/collector'
import type { ContentKeys } from '@whodid/content'
import {
  askAboutLogs,
  findLogs,
  isPassing,
  judgeFreshness,
  judgeWitnesses,
  missingLogs,
  nothingMonitored,
  openSealedLog,
  verifyLog,
} from '@whodid/verify'
import type { Finding, FoundLog, MonitoredLog, MonitorState, SealedLog } from '@whodid/verify'
import { createLeafReader } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import type { Policy } from '@whodid/tlog'
import type { LedgerAccess } from '../config.ts'
import { checkDerivedPart, noDerivedRound } from './check-derived-part.ts'
import { checkTextPart } from './check-text-part.ts'
import type { TextPart, TextRound } from './check-text-part.ts'
import type { Starting } from './starting.ts'

/** How a service verifies itself. */
export interface SelfCheckOptions {
  /** Whose cosignatures are trusted; undefined where nobody cosigns. */
  readonly policy?: Policy | undefined
  /** Opens the texts of what was sealed; without it they are left unopened. */
  readonly keys?: Pick<ContentKeys, 'find'> | undefined
  /** Milliseconds from one look to the next. Default a minute. */
  readonly everyMs?: number
  /** Milliseconds within which the sealer of this service's own log must have said that it lives. Default five minutes. */
  readonly freshMsMax?: number
}

const everyMsDefault = 60_000
const freshMsMaxDefault = 300_000

/** Rows verified in one look: about half a second of one core. */
const rowsAtOnce = 65_536
const findingsMax = 100

/**
 * Verifies the ledger part by part, round and round, for as long as the service runs: one part a minute, on one thread of
 * ClickHouse, the texts of a smaller part, which it opens as `whodid verify` does, and the tables that questions read beside the records,
 * a month at a time; and each time that the log is fresh and what its witnesses say of it. What was changed stays found until the
 * service starts again, and is said once; what is only late is found for as long as it is.
 */
export function startSelfCheck(
  { config, onEvent, stops }: Starting,
  access: Pick<LedgerAccess, 'verifier'>,
  { policy, keys, everyMs = everyMsDefault, freshMsMax = freshMsMaxDefault }: SelfCheckOptions = {},
): () => MonitorState {
  const reader = createLeafReader(access.verifier, { threadsMax: 1 })
  const stopping = new AbortController()
  const rounds = new Map<string, Round>()
  const textRounds = new Map<string, TextRound>()
  const startedMs = performance.now()
  let derivedRound = noDerivedRound
  let state: MonitorState = nothingMonitored
  let running: Promise<void> | undefined

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
        looks.push(await look(log, { ...looked, texts, others, served, stopping }))
      }
      const gone = missing(
        logs.map(({ origin }) => origin),
        { rounds, policy },
      )
      looks.push({ ...nothing, findings: await lookBeside(logs) })
      const before = state
      state = after(before, [...looks, gone], { rounds, textRounds })
      for (const { code, text } of state.findings.filter((one) => !isKnown(one, before.findings)))
        onEvent({ event: 'warning', message: warningOf(code, text) })
    } catch (thrown) {
      // ClickHouse that does not answer is another alarm; the age of the last check tells that this one is silent.
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      if (!stopping.signal.aborted)
        onEvent({ event: 'warning', message: `the ledger was not verified: ${why}` })
    }
  }

  /** An engine whose users were made by an earlier version refuses this alone: what else was verified stands. */
  async function lookBeside(logs: readonly FoundLog[]): Promise<readonly Finding[]> {
    try {
      const { signal } = stopping
      const part = await checkDerivedPart(logs, { reader, signal }, derivedRound)
      derivedRound = part.round
      return part.findings
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      const message = `the tables beside the records were not recomputed: ${why}`
      if (!stopping.signal.aborted) onEvent({ event: 'warning', message })
      return []
    }
  }

  const timer = setInterval(() => {
    running ??= check().finally(() => (running = undefined))
  }, everyMs).unref()
  stops.push(async () => {
    clearInterval(timer)
    stopping.abort()
    await running
    await reader.close()
  })
  return () => state
}

/** How far the verification of one log has come. */
interface Round {
  /** Where the next part begins, and when, in milliseconds since 1970, the round did. */
  readonly next: number
  readonly beganUnixMs: number
  /** When the last whole round began; 0 before its end. */
  readonly wholeUnixMs: number
}

interface Looking {
  readonly reader: LeafReader
  readonly rounds: Map<string, Round>
  readonly policy: Policy | undefined
  /** The other logs: what one of them prunes is sealed there. */
  readonly others: readonly FoundLog[]
  readonly served: readonly string[] | undefined
  readonly freshMsMax: number | undefined
  readonly stopping: AbortController
  readonly texts: {
    readonly keys: SelfCheckOptions['keys']
    readonly rounds: Map<string, TextRound>
  }
}

/** What one look at one log came to. */
interface Look {
  readonly origin: string
  readonly rowCount: number
  readonly textCount: number
  readonly findings: readonly Finding[]
  readonly watched: MonitoredLog | undefined
}

const nothing: Look = { origin: '', rowCount: 0, textCount: 0, findings: [], watched: undefined }

async function look(log: FoundLog, looking: Looking): Promise<Look> {
  const { origin, note, epochs, cosigned } = log
  const { policy, served, reader, freshMsMax } = looking
  // A log that has sealed nothing yet has no checkpoint, and nothing to be held against; one that had a checkpoint is robbed.
  if (note === undefined && !looking.rounds.has(origin)) return { ...nothing, origin }
  const opened = await openSealedLog(log)
  if (opened.log === undefined) return { ...nothing, origin, findings: opened.findings }
  const nowMs = Date.now()
  const { size } = opened.log.checkpoint
  const evidence = { epochs, cosigned, served: served ?? [], nowS: Math.floor(nowMs / 1000) }
  const judged =
    policy === undefined
      ? { assurance: 'local' as const, size, findings: [] }
      : await judgeWitnesses(opened.log, { ...evidence, policy })
  const fresh = await judgeFreshness(opened.log, reader, {
    ...log.options,
    ...(freshMsMax === undefined || !log.isOwn
      ? {}
      : { freshByUnixNs: BigInt(nowMs - freshMsMax) * 1_000_000n }),
  })
  const others = (await Promise.all(looking.others.map(openSealedLog))).flatMap(({ log: one }) =>
    one === undefined ? [] : [one],
  )
  const { rowCount, findings } = await checkPart(log, opened.log, { ...looking, others })
  const texts = await checkTexts(opened.log, { ...looking, others })
  const { assurance, size: assuredSize } = judged
  return {
    origin,
    rowCount,
    textCount: texts.textCount,
    findings: [...opened.findings, ...judged.findings, ...fresh, ...findings, ...texts.findings],
    watched: { size, assurance, assuredSize, lookedUnixMs: nowMs },
  }
}

/** What a part of a log is checked with, the other logs opened. */
type Checking = Omit<Looking, 'others'> & { readonly others: readonly SealedLog[] }

async function checkTexts(
  sealed: SealedLog,
  { reader, others, texts: { keys, rounds }, stopping: { signal } }: Checking,
): Promise<Pick<TextPart, 'textCount' | 'findings'>> {
  if (keys === undefined) return { textCount: 0, findings: [] }
  const { origin } = sealed
  const ground = { reader, keys, logs: [sealed, ...others], signal }
  const part = await checkTextPart(sealed, ground, rounds.get(origin))
  rounds.set(origin, part.round)
  return part
}

async function checkPart(
  log: FoundLog,
  sealed: SealedLog,
  { reader, rounds, others, stopping }: Checking,
): Promise<{ rowCount: number; findings: readonly Finding[] }> {
  const { size } = sealed.checkpoint
  const round = rounds.get(log.origin) ?? { next: 0, beganUnixMs: 0, wholeUnixMs: 0 }
  const from = round.next
  const to = Math.min(from + rowsAtOnce, size)
  const beganUnixMs = from === 0 ? Date.now() : round.beganUnixMs
  const { rowCount, findings } = await verifyLog(sealed, reader, {
    ...log.options,
    others,
    from,
    to,
    signal: stopping.signal,
  })
  const { wholeUnixMs } = round
  const isLast = to >= size
  rounds.set(
    log.origin,
    isLast
      ? { next: 0, beganUnixMs, wholeUnixMs: beganUnixMs }
      : { next: to, beganUnixMs, wholeUnixMs },
  )
  return { rowCount, findings }
}

/** Logs that were there, or that the policy names, and are not. */
function missing(
  origins: readonly string[],
  { rounds, policy }: Pick<Looking, 'rounds' | 'policy'>,
): Look {
  const gone = [...rounds.keys()].filter((origin) => !origins.includes(origin))
  const findings: Finding[] = gone.map((log) => {
    const text = 'the log was here since the service started; its tree is gone'
    return { code: 'log_missing', log, text }
  })
  const named = policy === undefined ? [] : missingLogs(policy, origins)
  const all = [...findings, ...named.filter(({ log }) => !gone.includes(log))]
  return { ...nothing, findings: all }
}

/** What is over is forgotten; what was changed is not. */
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
  const kept = before.findings.filter(({ code }) => !isPassing(code))
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
    findings: [...kept, ...fresh].slice(0, findingsMax),
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
