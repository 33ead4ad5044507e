import { readCoverageAttributes, readImportAttributes } from '@whodid/reconcile'
import type { Coverage, SealedEvent } from '@whodid/reconcile'

/** An imported record. */
export interface ImportRow {
  readonly ref: string
  readonly at: string
  readonly received: string
  readonly attributes: string
}

/** A declared coverage, and its record. */
export interface DeclaredCoverage extends Coverage {
  readonly span: string
}

/** Reads an imported event of its row. */
export function readEvent({ ref, at, received, attributes }: ImportRow): SealedEvent {
  return {
    event: readImportAttributes(attributes, BigInt(at)),
    span: ref,
    receivedUnixNs: BigInt(received),
  }
}

/** Reads the coverages that records declare. */
export function readCoverages(rows: readonly ImportRow[]): DeclaredCoverage[] {
  return rows.flatMap(({ ref, attributes }) => {
    const coverage = readCoverageAttributes(attributes)
    return coverage === undefined ? [] : [{ ...coverage, span: ref }]
  })
}
