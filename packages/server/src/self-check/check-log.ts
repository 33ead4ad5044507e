import {
  judgeFreshness,
  judgeLosses,
  judgeWitnesses,
  openSealedLog,
  verifyLog,
} from '@whodid/verify'
import type { AcceptedLoss, Finding, FoundLog, MonitoredLog, SealedLog } from '@whodid/verify'
import type { ContentKeys } from '@whodid/content'
import type { LeafReader } from '@whodid/store'
import type { Policy } from '@whodid/tlog'
import { checkTextPart } from './check-text-part.ts'
import type { TextPart, TextRound } from './check-text-part.ts'

/** Rows verified in one look: about half a second of one core. */
const rowsAtOnce = 65_536

/** The progress of the verification of one log. */
export interface Round {
  /** The first place of the next part. */
  readonly next: number
  /** The start of the round, in milliseconds since 1970. */
  readonly beganUnixMs: number
  /** The start of the last complete round; 0 before its end. */
  readonly wholeUnixMs: number
}

/** The parts that a look at one log uses. */
export interface Looking {
  readonly reader: LeafReader
  readonly rounds: Map<string, Round>
  readonly policy: Policy | undefined
  /** The other logs: what one of them prunes is sealed there. */
  readonly others: readonly FoundLog[]
  readonly served: readonly string[] | undefined
  readonly freshMsMax: number | undefined
  readonly stopping: AbortController
  readonly texts: {
    readonly keys: Pick<ContentKeys, 'find'> | undefined
    readonly rounds: Map<string, TextRound>
  }
}

/** The result of one look at one log. */
export interface Look {
  readonly origin: string
  readonly rowCount: number
  readonly textCount: number
  readonly findings: readonly Finding[]
  /** Every accepted loss of the log whose record verifies, whether or not this look came by what is lost. */
  readonly losses: readonly AcceptedLoss[]
  readonly watched: MonitoredLog | undefined
}

/** The result of a look that verified nothing. */
export const nothing: Look = {
  origin: '',
  rowCount: 0,
  textCount: 0,
  findings: [],
  losses: [],
  watched: undefined,
}

/** Verifies the next part of one log, its freshness, and what its witnesses say of it. Throws as `verifyLog`. */
export async function checkLog(log: FoundLog, looking: Looking): Promise<Look> {
  const { origin, note, epochs, cosigned } = log
  const { policy, served, reader, freshMsMax } = looking
  // A log that has sealed nothing yet has no checkpoint; a log that had one and has none now is verified, and fails.
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
  const known = [opened.log, ...others]
  const ofLog = [...opened.findings, ...judged.findings]
  const about = { log: opened.log, epochs, findings: ofLog }
  const { losses, findings: left } = await judgeLosses(about, known, reader)
  const { rowCount, findings } = await checkPart({ ...log, losses }, opened.log, {
    ...looking,
    others,
  })
  const texts = await checkTexts(opened.log, { ...looking, others })
  const { assurance, size: assuredSize } = judged
  return {
    origin,
    rowCount,
    textCount: texts.textCount,
    findings: [
      ...left.filter(({ code }) => code !== 'loss_accepted'),
      ...fresh,
      ...findings,
      ...texts.findings,
    ],
    losses,
    watched: { size, assurance, assuredSize, lookedUnixMs: nowMs },
  }
}

/** The same, with the other logs opened. */
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
  log: FoundLog & Pick<Look, 'losses'>,
  sealed: SealedLog,
  { reader, rounds, others, stopping }: Checking,
): Promise<Pick<Look, 'rowCount' | 'findings'>> {
  const { size } = sealed.checkpoint
  const round = rounds.get(log.origin) ?? { next: 0, beganUnixMs: 0, wholeUnixMs: 0 }
  const from = round.next
  const to = Math.min(from + rowsAtOnce, size)
  const beganUnixMs = from === 0 ? Date.now() : round.beganUnixMs
  const { rowCount, findings } = await verifyLog(sealed, reader, {
    ...log.options,
    losses: log.losses,
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
