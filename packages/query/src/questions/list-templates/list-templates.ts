import type { TemplateEntry, TemplatesAnswer } from '@whodid/model'
import { WhodidError } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { nameOrNull, toInstant } from '../../text.ts'
import { parseTimeBounds, timeBoundParameters } from '../../time-bounds.ts'
import type { RawTimeBounds, TimeBounds } from '../../time-bounds.ts'
import { askStatement } from '../ask-statement.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { parsePageLimit } from '../parse-parameters.ts'
import { templatesSql } from './sql.ts'

interface TemplateRow {
  readonly id: string
  readonly names: readonly string[]
  readonly versions: readonly string[]
  readonly instances_total: string
  readonly instances: readonly { id: string; last: string }[]
  readonly delegators: readonly string[]
  readonly tools: readonly string[]
  readonly credentials: readonly string[]
  readonly records: string
  readonly contradicted: string
  readonly first: string
  readonly last: string
}

/**
 * Returns the templates that were at work in a time, with their instances, delegators, tools and credentials.
 *
 * It reads every record of the hours asked about. Throws the errors of `Selector.select`, including `query_too_expensive`.
 */
export async function listTemplates(
  selector: Selector,
  tenant: string,
  question: TemplatesQuestion,
): Promise<TemplatesAnswer> {
  const statement = planTemplates(question, tenant)
  const { rows, cost } = await askStatement<TemplateRow>(selector, statement)
  const page = rows.slice(0, question.limit)
  const last = page.at(-1)
  const more = last !== undefined && rows.length > page.length
  return {
    templates: page.map(toEntry),
    next_cursor: more ? encodeCursor({ templates: question.time }, [last.id]) : null,
    cost,
  }
}

/** The one statement: the records of the hours asked about, grouped by template and instance, then by template. */
function planTemplates({ time, limit, after }: TemplatesQuestion, tenant: string): Statement {
  const parameters = { ...timeBoundParameters(time), after: after ?? '', rows: limit + 1 }
  return { sql: templatesSql, parameters, tenant }
}

function toEntry(row: TemplateRow): TemplateEntry {
  const named = (names: readonly string[]): string[] =>
    names.map((name) => nameOrNull(name) ?? '').sort()
  return {
    id: nameOrNull(row.id) ?? '',
    names: named(row.names),
    versions: named(row.versions),
    instances_total: Number(row.instances_total),
    instances: row.instances.map(({ id, last }) => ({
      id: nameOrNull(id) ?? '',
      last_at: toInstant(last),
    })),
    delegators: named(row.delegators),
    tools: named(row.tools),
    credentials: named(row.credentials),
    records: Number(row.records),
    contradicted_records: Number(row.contradicted),
    first_at: toInstant(row.first),
    last_at: toInstant(row.last),
  }
}

/** A raw question for the templates at work: every field is untrusted text. */
interface RawTemplatesQuestion extends RawTimeBounds {
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** A parsed question for templates. */
interface TemplatesQuestion {
  readonly time: TimeBounds
  readonly limit: number
  /** The template after which the page begins; null for the first. */
  readonly after: string | null
}

/** The default and the most templates in one page. */
export const templatesLimit: { readonly default: 50; readonly max: 200 } = { default: 50, max: 200 }

/**
 * Parses a question for templates. Throws `invalid_time`, `invalid_cursor`, `invalid_parameter`, and `range_required` without
 * `from`, since an inventory counts every record of its time.
 */
export function parseTemplatesQuestion(raw: RawTemplatesQuestion): TemplatesQuestion {
  const time = parseTimeBounds(raw)
  const limit = parsePageLimit(raw.limit, templatesLimit)
  if (time.from === null)
    throw new WhodidError(
      'range_required',
      '"from" expected an instant: an inventory reads every record since then; got none',
    )
  const [after = null] =
    raw.cursor === undefined ? [] : decodeCursor(raw.cursor, { templates: time }, [/^.+$/su])
  return { time, limit, after }
}
