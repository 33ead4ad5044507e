import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Testimony } from './merge-versions.ts'

/** The subject and its ancestors by parent, nearest first, and why the way ended. */
export interface Trail {
  readonly records: readonly EvidenceRecord[]
  /** The parent that is named and not on record; '' at a root, and in a cycle. */
  readonly missingParent: string
  /** The parent that would have led back to where the way had been; '' when there is none. */
  readonly cycleAt: string
}

/** What stands under a key, as the record of that exporter which stands under it has it; '' for nobody's. */
type LookUp = (key: string, near: string) => Testimony | undefined

/** Walks from a record outwards by parent, within its trace. Ends where it would come back to itself. */
export function walkTrail(from: string, testimony: LookUp): Trail {
  const records: EvidenceRecord[] = []
  const seen = new Set<string>()
  let key = from
  while (key !== '') {
    if (seen.has(key)) return { records, missingParent: '', cycleAt: key }
    const found = testimony(key, records.at(-1)?.exporter ?? '')
    if (found === undefined) return { records, missingParent: key, cycleAt: '' }
    seen.add(key)
    records.push(found.record)
    key = found.record.parent
  }
  return { records, missingParent: '', cycleAt: '' }
}
