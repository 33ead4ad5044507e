import { formatInstant, printableLine } from '@whodid/model'
import type { LeafReader } from '@whodid/store'
import type { Checkpoint, KeyEpoch } from '@whodid/tlog'
import type { Finding } from '../finding.ts'
import { verifyRows } from '../rows/verify-rows.ts'
import { findInconsistency, readCheckpoint } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/**
 * A loss of records that somebody has accepted, by a sealed record. It explains what is gone; it proves nothing of what stood there.
 *
 * @example
 * ```ts
 * const lines = acceptedLosses.map(({ log, from, to, acceptedBy }: AcceptedLoss) => `${log} ${from}–${to - 1}: ${acceptedBy}`)
 * ```
 */
export interface AcceptedLoss {
  readonly log: string
  /** The places that are lost, `to` excluded. */
  readonly from: number
  readonly to: number
  /** The person or role who answers for it, as the request named it. */
  readonly acceptedBy: string
  /** The name of the token that asked. */
  readonly requestedBy: string
  readonly reason: string
  /** Nanoseconds since 1970. */
  readonly atUnixNs: bigint
  /** `<traceid>-<spanid>` of the record. */
  readonly record: string
}

/** An accepted loss, and the checkpoint of its log that its record quotes. */
interface VerifiedLoss {
  readonly loss: AcceptedLoss
  readonly checkpoint: Checkpoint
}

/** What the accepted losses of a log explain. */
export interface JudgedLosses {
  /** Every accepted loss whose record verifies. */
  readonly losses: readonly AcceptedLoss[]
  /** The findings that no accepted loss explains, and a `loss_accepted` for each loss that explains one. */
  readonly findings: readonly Finding[]
}

/** The log that was opened, its keys, and the findings about it so far. */
export interface LogToJudge {
  readonly log: SealedLog
  readonly epochs: readonly KeyEpoch[]
  readonly findings: readonly Finding[]
}

/**
 * Holds the findings about a log against the losses that are accepted on record. A record counts if it verifies in a known log and
 * quotes a checkpoint that the log's own key signed: nobody can accept beforehand what was not yet signed. The quoted checkpoint is an
 * anchor too, so that an accepted loss is never forgotten. Throws as `LeafReader` does.
 */
export async function judgeLosses(
  { log, epochs, findings }: LogToJudge,
  known: readonly SealedLog[],
  reader: Pick<LeafReader, 'losses'>,
): Promise<JudgedLosses> {
  const verified = await verifiedLosses({ log, epochs }, known, reader)
  const all = [...findings]
  for (const { checkpoint } of verified) {
    const found = await findInconsistency(log, checkpoint)
    if (found !== undefined) all.push(found)
  }
  const losses = verified.map(({ loss }) => loss)
  const used = losses.filter((loss) => all.some((finding) => isExplained(finding, loss)))
  return { losses, findings: [...withoutAccepted(all, losses), ...used.map(lossFinding)] }
}

/** Returns the findings that no accepted loss explains. */
export function withoutAccepted(
  findings: readonly Finding[],
  losses: readonly AcceptedLoss[],
): Finding[] {
  return findings.filter((finding) => !losses.some((loss) => isExplained(finding, loss)))
}

/** Returns the finding that says who accepted a loss. It never ceases to be a finding: what is lost is not intact. */
export function lossFinding(loss: AcceptedLoss): Finding {
  const { log, from, to, record, reason, acceptedBy, requestedBy, atUnixNs } = loss
  const places = to - from === 1 ? `place ${from}` : `places ${from}–${to - 1}`
  const who = `${printableLine(acceptedBy, 80)} (token ${printableLine(requestedBy, 80)})`
  const text = `the loss of ${places} was accepted by ${who} on ${formatInstant(atUnixNs)}: ${printableLine(reason, 160)}`
  return { code: 'loss_accepted', log, text, span: record, lost: { from, to } }
}

/** A log that shrank to where the loss begins, and no earlier checkpoint of it is newer than the loss; or a row in it that is gone. */
function isExplained(finding: Finding, { log, from, to }: AcceptedLoss): boolean {
  if (finding.log !== log) return false
  const { code, lost, index } = finding
  if (code === 'rolled_back') return lost !== undefined && lost.from === from && lost.to <= to
  return code === 'row_missing' && index !== undefined && index >= from && index < to
}

async function verifiedLosses(
  { log, epochs }: Omit<LogToJudge, 'findings'>,
  known: readonly SealedLog[],
  reader: Pick<LeafReader, 'losses'>,
): Promise<VerifiedLoss[]> {
  const verified: VerifiedLoss[] = []
  for (const row of await reader.losses(log.origin)) {
    const holder = known.find(({ origin }) => origin === row.logId)
    if (holder === undefined) continue
    const { rowCount, findings } = await verifyRows(holder, [row])
    if (rowCount !== 1 || findings.length > 0) continue
    const checkpoint = readCheckpoint(row.checkpoint, epochs, log.origin)
    if ('code' in checkpoint || !(row.from < row.to && row.to <= checkpoint.size)) continue
    const { from, to, acceptedBy, requestedBy, reason, receivedUnixNs, span } = row
    const places = { log: log.origin, from, to }
    const said = { acceptedBy, requestedBy, reason, atUnixNs: receivedUnixNs, record: span }
    verified.push({ loss: { ...places, ...said }, checkpoint })
  }
  return verified
}
