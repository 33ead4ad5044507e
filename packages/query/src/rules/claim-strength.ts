import { hintRules } from '@whodid/model'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/**
 * How directly a record makes a claim: `said` in the claim's own attribute; `read` by a named rule from another
 * vocabulary's attribute of the same meaning; `hinted` by one that often goes with it and does not name it.
 */
export type Strength = 'said' | 'read' | 'hinted'

/** The claims that can be derived. */
export type Claim = 'template' | 'instance' | 'delegator'

/** The strength of a record's claim; undefined when it makes none. An agent that says it acts for nobody makes a claim. */
export function claimStrength(record: EvidenceRecord, claim: Claim): Strength | undefined {
  const saysNobody = claim === 'delegator' && record.delegator_type === 'none'
  if (record[claim] === '' && !saysNobody) return undefined
  const rule = record[`${claim}_rule`]
  if (rule === '') return 'said'
  return hintRules.has(rule) ? 'hinted' : 'read'
}
