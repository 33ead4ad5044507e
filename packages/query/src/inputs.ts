import { inputTrusts } from '@whodid/model'
import type { Input } from '@whodid/model'
import type { Decision } from './decision.ts'
import { lineageOf } from './lineage.ts'
import { nameOrNull, toInstant } from './text.ts'

/** Inputs shown in one answer, the latest before the action; more are a flood, not an explanation. */
const inputsMax = 200

/**
 * What entered the context of the acting instance, or of one it descends from, before the action, oldest first.
 * Without a known instance: what entered anywhere on the action's own trail.
 */
export function listInputs(decision: Decision): Input[] {
  const [subject] = decision.trail.records
  if (subject === undefined) return []
  const lineage = new Set(lineageOf(decision))
  const onTrail = new Set(decision.trail.records.map((record) => record.key))
  return (
    [...decision.evidence.kin.keys()]
      .flatMap((key) => decision.testimony(key)?.record ?? [])
      .filter((record) => record.input_source !== '' && record.ts <= subject.ts)
      // Who may not speak for an instance does not say what it has read.
      .filter((record) => record.channel !== 'unentitled')
      .filter((record) => lineage.has(record.instance) || onTrail.has(record.key))
      .toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
      .slice(-inputsMax)
      .map((record) => ({
        span: record.key,
        source: nameOrNull(record.input_source) ?? '',
        trust: inputTrusts.find((trust) => trust === record.input_trust) ?? 'unknown',
        hash: nameOrNull(record.input_hash),
        instance: nameOrNull(record.instance),
        read_at: toInstant(record.ts),
      }))
  )
}
