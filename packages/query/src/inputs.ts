import { inputTrusts } from '@whodid/model'
import type { Input } from '@whodid/model'
import { nameOrNull, toInstant } from './text.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** Inputs shown in one answer, the latest before the action; more are a flood, not an explanation. */
const inputsMax = 200

/**
 * What entered the context of the acting instance, or of one it descends from, before the action, oldest first.
 * Without a known instance: what entered anywhere on the action's own trail.
 */
export function listInputs(row: WhoDidRow): Input[] {
  const [subject] = row.trail
  if (subject === undefined) return []
  const lineage = new Set([row.instance, row.instance_parent, ...row.delegation_chain])
  lineage.delete('')
  const onTrail = new Set(row.trail.map((record) => record.key))
  return row.evidence
    .filter((record) => record.input_source !== '' && record.ts <= subject.ts)
    .filter((record) => lineage.has(record.instance) || onTrail.has(record.key))
    .toSorted((a, b) => (a.ts < b.ts ? -1 : 1))
    .slice(-inputsMax)
    .map((record) => ({
      span: record.key,
      source: nameOrNull(record.input_source) ?? '',
      trust: inputTrusts.find((trust) => trust === record.input_trust) ?? 'unknown',
      hash: nameOrNull(record.input_hash),
      instance: nameOrNull(record.instance),
      read_at: toInstant(record.ts),
    }))
}
