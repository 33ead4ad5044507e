import { placedColumns, placedRow } from './placed-row.ts'
import type { PlacedColumns } from './placed-row.ts'
import type { PlacedRow } from './text-rows.ts'

/** A row that says that somebody has accepted the loss of places of a log. */
export interface LossRow extends PlacedRow {
  /** The lost places, `to` excluded. */
  readonly from: number
  readonly to: number
  readonly acceptedBy: string
  readonly requestedBy: string
  readonly reason: string
  /** The checkpoint of the log that it quotes; not verified. */
  readonly checkpoint: string
}

/** A person accepts them one by one, so that they are few. */
const lossesMax = 1000

interface LossColumns extends PlacedColumns {
  readonly first: string
  readonly end: string
  readonly accepted_by: string
  readonly requested_by: string
  readonly reason: string
  readonly checkpoint: string
}

/** Reads the rows that say that a loss of a log was accepted, the newest first. `select` runs a statement with the log as its parameter. */
export async function lossRows(
  select: (query: string, log: string) => Promise<LossColumns[]>,
  logId: string,
): Promise<LossRow[]> {
  const detail = (name: string): string =>
    `JSONExtractString(s.attributes, 'whodid.custody.${name}')`
  const rows = await select(
    `SELECT ${placedColumns}, ${detail('from')} AS first, ${detail('to')} AS end,
  ${detail('accepted_by')} AS accepted_by, ${detail('requested_by')} AS requested_by,
  ${detail('reason')} AS reason, ${detail('checkpoint')} AS checkpoint
FROM whodid.v_spans AS s
WHERE s.resource_id = concat('whodid:log:', {log:String}) AND s.exporter = 'whodid' AND s.name = 'whodid.loss'
ORDER BY s.received_at DESC, s.log_id, s.log_index DESC LIMIT ${lossesMax}`,
    logId,
  )
  return rows.map((row) => ({
    ...placedRow(row),
    from: placeOf(row.first),
    to: placeOf(row.end),
    acceptedBy: row.accepted_by,
    requestedBy: row.requested_by,
    reason: row.reason,
    checkpoint: row.checkpoint,
  }))
}

/** NaN, which no comparison holds for, where it is no place. */
function placeOf(text: string): number {
  return /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN
}
