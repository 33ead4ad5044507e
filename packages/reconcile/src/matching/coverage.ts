import { isSameVerb } from '../event/verb-class.ts'
import type { RecordedAct } from './recorded-act.ts'

/** What an importer declares that its log holds: only here does the absence of an event say something. */
export interface Coverage {
  /** The system whose log it is. */
  readonly system: string
  /** Beginnings of the resources whose acts are all in the log: `github:pull:acme/app/`, `s3://acme-backups`. */
  readonly resources: readonly string[]
  /** The period, in nanoseconds since 1970, both ends included. */
  readonly fromUnixNs: bigint
  readonly toUnixNs: bigint
  /** The verbs that the log has; [] for all but reads. */
  readonly verbs: readonly string[]
  /** The share of events that it keeps, over 0 up to 1. Less than 1: absence says nothing. */
  readonly sampling: number
  /** Seconds after an act at which its event is in the log at the latest. */
  readonly delaySeconds: number
  /** Seconds by which its clock and that of an emitter may differ. */
  readonly clockErrorSeconds: number
}

/** Seconds by which two clocks may differ where no importer says otherwise. */
export const clockErrorDefaultSeconds = 5

/** True when the log would hold an event of the act, if it had happened: then its absence contradicts the record. */
export function isCovered(coverage: Coverage, act: RecordedAct): boolean {
  const errorNs = toNs(coverage.clockErrorSeconds)
  const { resources, verbs, sampling, fromUnixNs, toUnixNs } = coverage
  return (
    sampling === 1 &&
    act.resource !== '' &&
    resources.some((beginning) => isBelow(act.resource, beginning)) &&
    (verbs.length === 0
      ? act.verb !== '' && !isSameVerb(act.verb, 'read')
      : verbs.some((verb) => isSameVerb(verb, act.verb))) &&
    act.startUnixNs - errorNs >= fromUnixNs &&
    act.endUnixNs + errorNs + toNs(coverage.delaySeconds) <= toUnixNs
  )
}

/** True for the resource itself and for what lies below it: `github:pull:acme/app` is no beginning of `github:pull:acme/app2/1`. */
function isBelow(resource: string, beginning: string): boolean {
  if (beginning === '' || !resource.startsWith(beginning)) return false
  const last = beginning.at(-1) ?? ''
  const next = resource.charAt(beginning.length)
  return ':/'.includes(last) || next === '' || next === '/' || next === ':'
}

/** Seconds as nanoseconds. */
function toNs(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e6)) * 1_000n
}

/** Returns the widest clock error that the importers of a system declare; the default where none does. */
export function clockErrorOf(coverages: readonly Coverage[], system: string): bigint {
  const declared = coverages.filter((coverage) => coverage.system === system)
  if (declared.length === 0) return toNs(clockErrorDefaultSeconds)
  return toNs(Math.max(...declared.map(({ clockErrorSeconds }) => clockErrorSeconds)))
}
