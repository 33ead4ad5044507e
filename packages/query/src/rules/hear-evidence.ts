import type { Evidence } from '../evidence/evidence.ts'
import { crossExporters } from './cross-exporters.ts'
import type { Unheard } from './cross-exporters.ts'
import { readEntitlements } from './entitlements.ts'
import { hearRecords } from './hear-records.ts'
import type { Heard } from './hear-records.ts'
import { mergeVersions } from './merge-versions.ts'
import { walkTrail } from './walk-trail.ts'

/** What of the evidence is heard about the subject's actor, and what is not. */
export interface HeardEvidence extends Heard {
  readonly unheard: Unheard | undefined
}

/** Walks from the subject outwards, whoever sent what, and keeps what its senders may say of the subject's actor. */
export function hearEvidence(evidence: Evidence): HeardEvidence {
  const { kin, subject } = evidence
  const entitlements = readEntitlements(kin)
  const all = walkTrail(subject, (key, near) => {
    const versions = kin.get(key)
    return versions && mergeVersions(versions, entitlements, near)
  })
  const crossed = crossExporters(all, entitlements)
  return { ...hearRecords(evidence, crossed, entitlements), unheard: crossed.unheard }
}
