import type { EvidenceRecord } from './evidence-record.ts'

/** What tells one act from another under the same span ID; absent is no difference. */
const marks = ['resource', 'tool', 'verb'] as const

/**
 * Rule `one_span_id_several_acts`: parts the records under one span ID into acts. Forked processes hand out the same span IDs,
 * and whoever saw an ID go by can use it again: records that differ in resource, tool or verb are separate acts, each
 * with its versions. The best backed act comes first, of two the one that was received first.
 *
 * @param versions in the order of their receipt
 * @param isBacked whether a record's exporter may speak for whom it is of
 */
export function separateActs(
  versions: readonly EvidenceRecord[],
  isBacked: (record: EvidenceRecord) => boolean,
): readonly (readonly EvidenceRecord[])[] {
  if (versions.length < 2) return [versions]
  const ranked = versions.toSorted((a, b) => Number(isBacked(b)) - Number(isBacked(a)))
  const acts: EvidenceRecord[][] = []
  for (const version of ranked) {
    const act = acts.find((one) => one.every((other) => isSameAct(version, other)))
    if (act === undefined) acts.push([version])
    else act.push(version)
  }
  return acts.map((act) => versions.filter((version) => act.includes(version)))
}

/** Whether two records may tell of one act. */
export function isSameAct(
  a: Pick<EvidenceRecord, (typeof marks)[number]>,
  b: Pick<EvidenceRecord, (typeof marks)[number]>,
): boolean {
  return marks.every((mark) => a[mark] === '' || b[mark] === '' || a[mark] === b[mark])
}
