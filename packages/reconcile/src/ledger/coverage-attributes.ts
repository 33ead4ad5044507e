import type { Coverage } from '../matching/coverage.ts'
import { listAt, textAt } from '../event/json-fields.ts'
import type { ImportAttributes } from './import-attributes.ts'

const prefix = 'whodid.coverage.'

/** The name of the record of a declared coverage. */
export const coverageName = 'import coverage'

/** Returns the attributes of the record of a declared coverage; {@link readCoverageAttributes} reads them. */
export function coverageAttributes(coverage: Coverage): ImportAttributes {
  const { system, resources, verbs, sampling, delaySeconds, clockErrorSeconds } = coverage
  return {
    [`${prefix}system`]: system,
    [`${prefix}resources`]: resources.map((resource) => encodeURIComponent(resource)),
    [`${prefix}verbs`]: verbs,
    [`${prefix}from`]: String(coverage.fromUnixNs),
    [`${prefix}to`]: String(coverage.toUnixNs),
    [`${prefix}sampling`]: String(sampling),
    [`${prefix}delay_seconds`]: String(delaySeconds),
    [`${prefix}clock_error_seconds`]: String(clockErrorSeconds),
  }
}

/** Reads the coverage of a record's attributes, as JSON; undefined where they declare none. */
export function readCoverageAttributes(attributes: string): Coverage | undefined {
  const from: unknown = JSON.parse(attributes)
  const text = (name: string): string => textAt(from, `${prefix}${name}`)
  const texts = (name: string): string[] =>
    listAt(from, `${prefix}${name}`).filter((one) => typeof one === 'string')
  const [fromNs, toNs] = [text('from'), text('to')]
  if (text('system') === '' || !/^\d{1,19}$/u.test(fromNs) || !/^\d{1,19}$/u.test(toNs))
    return undefined
  return {
    system: text('system'),
    resources: texts('resources').map((resource) => decodeURIComponent(resource)),
    verbs: texts('verbs'),
    fromUnixNs: BigInt(fromNs),
    toUnixNs: BigInt(toNs),
    sampling: Number(text('sampling')),
    delaySeconds: Number(text('delay_seconds')),
    clockErrorSeconds: Number(text('clock_error_seconds')),
  }
}
