import { grades, outcomes } from '@whodid/model'
import type { BlastRadiusAnswer, TouchedResource } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { nameOrNull, toInstant } from '../../text.ts'
import { parseTimeBounds, timeBoundParameters } from '../../time-bounds.ts'
import type { TimeBounds } from '../../time-bounds.ts'
import { askStatement } from '../ask-statement.ts'
import { parseHandleOfKind, parsePageLimit } from '../parse-parameters.ts'
import type { RawInstanceQuestion } from '../parse-parameters.ts'
import { inheritActs } from './inherit-acts.ts'
import { blastRadiusSql, generationsMax, instancesMax, linksMax, unnamedActsMax } from './sql.ts'
import type { BlastRadiusRow, TouchedRow, TouchRow } from './sql.ts'

/** The most names listed of the instances and the tools of one resource. */
const namesMax = 16

/**
 * Returns what an instance and its descendants touched within the time asked about, by resource. An act whose record names
 * nobody counts for the instance of its nearest ancestor with a claim, and is graded `inferred`.
 *
 * Descendants name an instance of the tree as their parent: at most 1,000, in at most 16 generations. Throws the errors of
 * `Selector.select`; on `query_too_expensive`, narrow the time.
 */
export async function blastRadius(
  selector: Selector,
  tenant: string,
  question: BlastRadiusQuestion,
): Promise<BlastRadiusAnswer> {
  const { rows, cost } = await askStatement<BlastRadiusRow>(
    selector,
    planBlastRadius(question, tenant),
  )
  const [row] = rows
  if (row === undefined) throw new Error('the statement gave no row, and it always gives one')
  const tree = row.tree.slice(0, instancesMax)
  const inherited = inheritActs(row.unnamed, row.links, new Set(tree.map(({ id }) => id)))
  const { touched, added } = mergeTouched(row.touched, inherited)
  const total = Number(row.totals.resources) + added
  return {
    id: nameOrNull(question.id) ?? '',
    instances: tree.map(({ id, parent, depth }) => ({
      id: nameOrNull(id) ?? '',
      parent: nameOrNull(parent),
      depth,
    })),
    resources: touched.slice(0, question.limit).map(toResource),
    resources_total: total,
    acts_without_resource: Number(row.totals.nameless),
    truncated: {
      instances: row.tree.length > tree.length || tree.some(({ depth }) => depth >= generationsMax),
      resources: total > Math.min(touched.length, question.limit),
      inherited: row.unnamed.length > unnamedActsMax || row.links.length > linksMax,
    },
    cost,
  }
}

/** The one statement of a blast radius. */
function planBlastRadius({ id, time, limit }: BlastRadiusQuestion, tenant: string): Statement {
  return {
    sql: blastRadiusSql,
    parameters: { ...timeBoundParameters(time), id, rows: limit },
    tenant,
  }
}

/** Merges touches by resource, latest first. `added` counts the resources that only an inherited act touched. */
function mergeTouched(
  own: readonly TouchedRow[],
  inherited: readonly TouchedRow[],
): { touched: TouchedRow[]; added: number } {
  const byResource = new Map<string, TouchedRow>(own.map((row) => [row.resource, row]))
  // Resources beyond the limit are missing here: an inherited act on one of them may count it twice in the total.
  const added = inherited.filter(({ resource }) => !byResource.has(resource)).length
  for (const row of inherited) {
    const touches = [...(byResource.get(row.resource)?.touches ?? []), ...row.touches]
    byResource.set(row.resource, { resource: row.resource, type: row.type, touches })
  }
  const touched = [...byResource.values()].sort((a, b) => (lastOf(a) < lastOf(b) ? 1 : -1))
  return { touched, added }
}

function lastOf({ touches }: TouchedRow): string {
  return touches.reduce((last, touch) => (touch.last > last ? touch.last : last), '')
}

function firstOf({ touches }: TouchedRow): string {
  return touches.reduce((first, touch) => (touch.first < first ? touch.first : first), '9')
}

function toResource(row: TouchedRow): TouchedResource {
  const names = (list: (touch: TouchRow) => readonly string[]): string[] =>
    [...new Set(row.touches.flatMap(list))].slice(0, namesMax).map((name) => nameOrNull(name) ?? '')
  return {
    id: nameOrNull(row.resource) ?? '',
    type: nameOrNull(row.type) ?? '',
    touches: row.touches.map((touch) => ({
      verb: nameOrNull(touch.verb) ?? '',
      outcome: outcomes.find((outcome) => outcome === touch.outcome) ?? null,
      grade: grades.find((grade) => grade === touch.grade) ?? 'none',
      acts: Number(touch.acts),
      first_at: toInstant(touch.first),
      last_at: toInstant(touch.last),
    })),
    instances: names(({ instances }) => instances),
    tools: names(({ tools }) => tools),
    first_at: toInstant(firstOf(row)),
    last_at: toInstant(lastOf(row)),
  }
}

/** A parsed question for what an instance touched. */
interface BlastRadiusQuestion {
  readonly id: string
  readonly time: TimeBounds
  /** The number of resources to list. */
  readonly limit: number
}

/** The default and the most resources in one answer. */
export const resourcesLimit: { readonly default: 200; readonly max: 1000 } = {
  default: 200,
  max: 1000,
}

/** Parses a question for a blast radius. Throws `invalid_handle`, `invalid_time` or `invalid_parameter`. */
export function parseBlastRadiusQuestion(
  raw: Omit<RawInstanceQuestion, 'cursor'>,
): BlastRadiusQuestion {
  return {
    id: parseHandleOfKind('instance', raw.id, 'id'),
    time: parseTimeBounds(raw),
    limit: parsePageLimit(raw.limit, resourcesLimit),
  }
}
