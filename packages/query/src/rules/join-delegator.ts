import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { claimStrength } from './claim-strength.ts'
import type { Hop, Kin } from './join-path.ts'

/**
 * For whom an agent acts when its trace does not say: the nearest record on the way outwards that does (rule
 * `joined_by_delegation`), else the one delegator that everything which the actor's exporters tell under the same correlation
 * ID agrees on (rule `joined_by_correlation`). Two that disagree are nobody.
 */
export function joinDelegator(path: readonly Hop[], kin: Kin): EvidenceRecord | undefined {
  const onPath = path.find(({ record }) => claims(record))
  if (onPath !== undefined) return onPath.record
  const correlation = path.find(({ record }) => record.correlation !== '')?.record.correlation
  if (correlation === undefined) return undefined
  const correlated = [...kin.keys()].flatMap((key) => {
    const record = kin.testimony(key)?.record
    return record !== undefined &&
      record.correlation === correlation &&
      kin.isOwn(record) &&
      claims(record)
      ? [record]
      : []
  })
  const delegators = new Set(correlated.map((record) => record.delegator))
  return delegators.size === 1 ? correlated[0] : undefined
}

function claims(record: EvidenceRecord): boolean {
  return (
    record.actor_type === 'agent' &&
    record.channel !== 'unentitled' &&
    claimStrength(record, 'delegator') === 'said'
  )
}
