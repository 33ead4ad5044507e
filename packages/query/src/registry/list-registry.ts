import { parseInstant, printableLine, registryNames, WhodidError } from '@whodid/model'
import type { RegistryAnswer } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import { decodeCursor, encodeCursor } from '../questions/cursor.ts'
import type { Position } from '../questions/cursor.ts'
import { parsePageLimit } from '../questions/parse-parameters.ts'
import { latest, toDateTime64 } from '../time-bounds.ts'
import { hasExpired, readRegistration } from './registry-row.ts'
import type { RegistryRow } from './registry-row.ts'
import { newestVersionsSql, resourceOfTemplate, versionsOfTemplateSql } from './sql.ts'

/** The registry as it stood at an instant: the newest version of each template, or every version of one, newest first. */
export async function listRegistry(
  selector: Selector,
  tenant: string,
  question: RegistryQuestion,
): Promise<RegistryAnswer> {
  const { rows, cost } = await askStatement<RegistryRow>(selector, plan(question, tenant))
  const page = rows.slice(0, question.limit)
  const last = page.at(-1)
  const isFirstPage = question.after === null
  const registrations = page.flatMap((row, place) => {
    const version = readRegistration(row)
    if (version === undefined) return []
    const isNewest = question.template === null || (isFirstPage && place === 0)
    return [{ ...version, in_force: isNewest && !hasExpired(version, question.at) }]
  })
  const more = last !== undefined && rows.length > page.length
  return {
    registrations,
    next_cursor: more ? encodeCursor(scopeOf(question), positionOf(question, last)) : null,
    cost,
  }
}

function plan({ template, at, limit, after }: RegistryQuestion, tenant: string): Statement {
  const shared = { at: toDateTime64(at), rows: limit + 1 }
  const [first = '', second = ''] = after ?? []
  if (template === null)
    return { sql: newestVersionsSql, parameters: { ...shared, after: first }, tenant }
  return {
    sql: versionsOfTemplateSql,
    parameters: {
      ...shared,
      resource: resourceOfTemplate(template),
      before: after === null ? latest : first,
      before_record: second,
    },
    tenant,
  }
}

function positionOf({ template }: RegistryQuestion, last: RegistryRow): Position {
  return template === null ? [last.template] : [last.recorded_at, last.record]
}

/** What a cursor is bound to. A page without `at` is continued as of the present: a version that came since then is on an earlier page. */
function scopeOf({ template, askedAt }: RegistryQuestion): object {
  return { registry: template, at: askedAt }
}

/** A raw question about the registry: every field is untrusted text. */
interface RawRegistryQuestion {
  readonly template?: string | undefined
  readonly at?: string | undefined
  readonly limit?: string | undefined
  readonly cursor?: string | undefined
}

/** A parsed question about the registry. */
interface RegistryQuestion {
  /** Null for every template. */
  readonly template: string | null
  readonly at: bigint
  /** Null where nobody said when. */
  readonly askedAt: bigint | null
  readonly limit: number
  readonly after: Position | null
}

/** The default and the most versions in one page. */
export const registryLimit: { readonly default: 50; readonly max: 200 } = { default: 50, max: 200 }

/** Parses a question about the registry. Throws `invalid_time`, `invalid_cursor`, `invalid_parameter`. */
export function parseRegistryQuestion(raw: RawRegistryQuestion, now: bigint): RegistryQuestion {
  const template = raw.template ?? null
  if (
    template !== null &&
    (template.trim() === '' ||
      template.includes('\0') ||
      Array.from(template).length > registryNames.templateLengthMax)
  )
    throw new WhodidError(
      'invalid_parameter',
      `"template" expected 1–${registryNames.templateLengthMax} characters, not all of them blank, and no NUL; got "${printableLine(template, 60)}"`,
    )
  const askedAt = raw.at === undefined ? null : parseInstant(raw.at, 'at')
  const question = {
    template,
    at: askedAt ?? now,
    askedAt,
    limit: parsePageLimit(raw.limit, registryLimit),
    after: null,
  }
  if (raw.cursor === undefined) return question
  const form =
    template === null
      ? [/^.+$/su]
      : [/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{9}$/u, /^[0-9a-f]{32}-[0-9a-f]{16}$/u]
  return { ...question, after: decodeCursor(raw.cursor, scopeOf(question), form) }
}
