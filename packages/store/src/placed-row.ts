import { leafExpression } from './leaf-expression.ts'
import type { PlacedRow } from './text-rows.ts'

/** The columns of a row of `whodid.spans AS s` by its place. */
export const placedColumns: string = `s.log_id AS log, toString(s.log_index) AS place, s.tenant AS owner,
  lower(concat(hex(s.trace_id), '-', hex(s.span_id))) AS span,
  toString(toUnixTimestamp64Nano(s.received_at)) AS received, lower(hex(${leafExpression('s')})) AS leaf`

/** They, as the engine gives them. */
export interface PlacedColumns {
  readonly log: string
  readonly place: string
  readonly owner: string
  readonly span: string
  readonly received: string
  readonly leaf: string
}

/** Reads them. */
export function placedRow({ log, place, owner, span, received, leaf }: PlacedColumns): PlacedRow {
  return {
    logId: log,
    index: Number(place),
    tenant: owner,
    span,
    receivedUnixNs: BigInt(received),
    leafHex: leaf,
  }
}
