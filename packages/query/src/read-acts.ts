import type { Kin } from './evidence/evidence.ts'
import { foldActs } from './fold-act.ts'
import type { Fold } from './fold-act.ts'
import { readEntitlements } from './rules/entitlements.ts'
import { mergeVersions } from './rules/merge-versions.ts'
import type { Testimony } from './rules/merge-versions.ts'

/** The acts of one body of evidence, whoever the question is about. */
export interface ActReader {
  /** What the records under a key say together; undefined when there is none. */
  readonly testimony: (key: string) => Testimony | undefined
  readonly fold: Fold
}

const readers = new WeakMap<Kin['kin'], ActReader>()

/** Merges and folds the records of some evidence, once for all who ask about it. */
export function readActs({ kin }: Pick<Kin, 'kin'>): ActReader {
  const known = readers.get(kin)
  if (known !== undefined) return known
  const entitlements = readEntitlements(kin)
  const merged = new Map<string, Testimony>()
  const testimony = (key: string): Testimony | undefined => {
    const versions = kin.get(key)
    if (versions === undefined) return undefined
    let found = merged.get(key)
    if (found === undefined) merged.set(key, (found = mergeVersions(versions, entitlements)))
    return found
  }
  const reader = { testimony, fold: foldActs({ keys: () => kin.keys(), testimony }) }
  readers.set(kin, reader)
  return reader
}
