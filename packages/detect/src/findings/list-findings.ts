import { printableLine, WhodidError } from '@whodid/model'
import { findingSeverities, findingStates } from '@whodid/model/answers'
import type { Finding } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { findingColumns, readFinding } from './read-finding.ts'
import type { FindingTexts } from './read-finding.ts'

/** The number of findings in one list. */
export const findingsLimit = { default: 100, max: 500 } as const

const nameLengthMax = 1_024

/** The filters of a list of findings; undefined where it is not narrowed. */
export interface FindingsQuestion {
  readonly state?: string | undefined
  readonly rule?: string | undefined
  readonly subject?: string | undefined
  readonly severity?: string | undefined
  readonly limit: number
}

/** Checks a question for findings. Throws `invalid_parameter`. */
export function parseFindingsQuestion(
  raw: Omit<FindingsQuestion, 'limit'> & { readonly limit?: string | undefined },
): FindingsQuestion {
  oneOf('state', raw.state, findingStates)
  oneOf('severity', raw.severity, findingSeverities)
  for (const name of ['rule', 'subject'] as const) {
    // As the document counts: characters, not UTF-16 units.
    const length = Array.from(raw[name] ?? '-').length
    if (length > nameLengthMax || raw[name]?.trim() === '')
      throw new WhodidError(
        'invalid_parameter',
        `"${name}" expected 1–${nameLengthMax} characters, not all of them blank; got ${length}`,
      )
  }
  const text = raw.limit ?? String(findingsLimit.default)
  const limit = /^[1-9]\d{0,3}$/u.test(text) ? Number(text) : Number.NaN
  if (!(limit <= findingsLimit.max))
    throw new WhodidError(
      'invalid_parameter',
      `"limit" expected a whole number from 1 to ${findingsLimit.max}; got "${printableLine(text, 40)}"`,
    )
  return { ...raw, limit }
}

/** Lists the findings of a tenant, the one found last first. Throws the errors of the store. */
export async function listFindings(
  selector: Pick<Selector, 'select'>,
  tenant: string,
  question: FindingsQuestion,
): Promise<{ findings: Finding[]; more: boolean }> {
  const filters = (['state', 'rule', 'subject', 'severity'] as const).filter(
    (name) => question[name] !== undefined,
  )
  const conditions = filters.map((name) => `v.${name} = {${name}:String}`)
  const { rows } = await selector.select<FindingTexts>({
    sql: `SELECT ${findingColumns}
FROM whodid.v_findings AS v
${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}\n`}ORDER BY v.last_found_at DESC, v.finding_id
LIMIT {limit:UInt32}`,
    parameters: {
      ...Object.fromEntries(filters.map((name) => [name, question[name] ?? ''])),
      limit: question.limit + 1,
    },
    tenant,
  })
  const findings = rows.slice(0, question.limit).map(readFinding)
  return { findings, more: rows.length > question.limit }
}

function oneOf(name: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    throw new WhodidError(
      'invalid_parameter',
      `"${name}" expected ${known.join(', ')}; got "${printableLine(value, 40)}"`,
    )
}
