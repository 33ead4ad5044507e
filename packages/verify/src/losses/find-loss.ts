import { printableLine, WhodidError } from '@whodid/model'
import type { LeafReader } from '@whodid/store'
import type { Checkpoint } from '@whodid/tlog'
import { findInconsistency, openSealedLog, readCheckpoint } from '../tlog/sealed-log.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'
import type { LogToVerify } from '../verify-ledger.ts'

/**
 * The loss that is to be accepted: what a log was rolled back by, or, with places, the rows of it that are gone.
 *
 * @example
 * ```ts
 * const wanted: LossWanted = { checkpoint: await readFile('newest.checkpoint', 'utf8') }
 * ```
 */
export interface LossWanted {
  /** A checkpoint that was kept elsewhere. Default: the newest one that is known here. */
  readonly checkpoint?: string | undefined
  /** The places of the rows that are gone, `to` excluded. Default: those above the tree. */
  readonly places?: { readonly from: number; readonly to: number } | undefined
}

/**
 * A loss as it is now.
 *
 * @example
 * ```ts
 * const { from, to }: FoundLoss = await findLoss(log, {}, reader)
 * ```
 */
export interface FoundLoss {
  /** The lost places, `to` excluded. */
  readonly from: number
  readonly to: number
  /** The checkpoint that proves that they were sealed. */
  readonly checkpoint: string
}

/**
 * Finds a loss of one log. Throws `nothing_lost` where nothing is lost, or not at these places, so that no loss can be accepted before it
 * happens, and `not_sealed` where the log has no checkpoint that verifies, or has not signed the one that is given. Throws as `LeafReader` does.
 *
 * @example
 * ```ts
 * const loss = await findLoss(log, { places: { from: 40, to: 52 } }, reader)
 * ```
 */
export async function findLoss(
  log: LogToVerify,
  { checkpoint, places }: LossWanted,
  reader: Pick<LeafReader, 'above'>,
): Promise<FoundLoss> {
  const { log: sealed } = await openSealedLog({ ...log, anchors: [] })
  if (sealed === undefined || typeof log.note !== 'string')
    throw new WhodidError('not_sealed', 'the log expected a checkpoint that its key has signed')
  if (places !== undefined)
    return { ...(await missingPlaces(log, { sealed, places }, reader)), checkpoint: log.note }
  const newest = newestOf(log, [...(log.anchors ?? []), ...given(log, checkpoint)])
  const found = newest && (await findInconsistency(sealed, newest.known))
  if (newest === undefined || found?.lost === undefined)
    throw new WhodidError(
      'nothing_lost',
      `nothing of the log is lost: it has ${sealed.checkpoint.size} leaves, and expected a checkpoint of more; got ${newest?.known.size ?? 'none'}`,
    )
  return { ...found.lost, checkpoint: newest.note }
}

interface Signed {
  readonly note: string
  readonly known: Checkpoint
}

/** The largest checkpoint that the log's key has signed. */
function newestOf(log: LogToVerify, notes: readonly (string | Uint8Array)[]): Signed | undefined {
  let newest: Signed | undefined
  for (const note of notes) {
    const known = readCheckpoint(note, log.epochs, log.origin)
    if (!('code' in known) && known.size > (newest?.known.size ?? 0))
      newest = { note: note.toString(), known }
  }
  return newest
}

/** The checkpoint of the request, which must be the log's. */
function given({ epochs, origin }: LogToVerify, note: string | undefined): string[] {
  if (note === undefined) return []
  const known = readCheckpoint(note, epochs, origin)
  if (!('code' in known)) return [note]
  throw new WhodidError(
    'not_sealed',
    `"checkpoint" expected one that the log's key has signed; got another: ${printableLine(known.text, 200)}`,
  )
}

async function missingPlaces(
  { origin, options }: LogToVerify,
  { sealed, places }: { readonly sealed: SealedLog; readonly places: { from: number; to: number } },
  reader: Pick<LeafReader, 'above'>,
): Promise<{ from: number; to: number }> {
  const { from, to } = places
  const end = Math.min(sealed.checkpoint.size, options?.storedTo ?? Infinity)
  if (from >= to || to > end)
    throw new WhodidError(
      'nothing_lost',
      `"from" and "to" expected sealed and stored places, "from" before "to", "to" at most ${end}; got ${from} and ${to}`,
    )
  const [fromFirst, fromEnd] = [await reader.above(origin, from), await reader.above(origin, to)]
  const left = fromFirst.rowCount - fromEnd.rowCount
  if (left > 0)
    throw new WhodidError(
      'nothing_lost',
      `"from" and "to" expected places of which no row is left; ${left} of ${to - from} are there`,
    )
  return { from, to }
}
