import type { QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import type { Found } from './found.ts'
import { planNames } from './names-sql.ts'
import type { SoughtTime } from './names-sql.ts'

/** A resource that another leads on to. */
export interface RelatedResource {
  readonly id: string
  readonly code: 'same_trace' | 'holds_it'
}

/** Resources whose traces are looked into, and traces of each. */
const leadingMax = 4
const tracesMax = 8
/** Related resources of one. */
const relatedMax = 8

/** Systems' kinds of resources, and the kinds that they lead on to in the same trace. */
const leadsOn: readonly (readonly [RegExp, RegExp])[] = [
  // A commit leads to the request that merged it, and a request to its commits.
  [/^[a-z]+:commit:/u, /^[a-z]+:(?:pull|merge_request):/u],
  [/^[a-z]+:(?:pull|merge_request):/u, /^[a-z]+:commit:/u],
  // A file leads to its commits, and to the request that they came with.
  [/^(?:file:|[a-z]+:file:)/u, /^[a-z]+:(?:commit|pull|merge_request):/u],
]

/** The table of a row; undefined for what is no row. */
function tableOfRow(id: string): string | undefined {
  const [, table = ''] = /^db:row:(.+)\/[^/]+$/su.exec(id) ?? []
  return table === '' ? undefined : `db:table:${table}`
}

/**
 * Finds what the first of some resources lead on to, as far as the ledger knows it: of a row its table, of a commit the pull request that
 * was acted on in the same trace, of a file its commits. Throws the errors of `Selector.select`.
 */
export async function relateResources(
  selector: Selector,
  tenant: string,
  { found, time }: { readonly found: readonly Found[]; readonly time: SoughtTime },
): Promise<{
  readonly related: ReadonlyMap<string, readonly RelatedResource[]>
  readonly costs: readonly QuestionCost[]
}> {
  const resources = found.filter(({ kind }) => kind === 'resource').map(({ name }) => name)
  const [tables, others] = await Promise.all([
    findTables(selector, tenant, { resources, time }),
    findInTraces(selector, tenant, resources),
  ])
  const related = new Map<string, RelatedResource[]>()
  for (const [id, one] of [...tables.links, ...others.links]) {
    const known = related.get(id) ?? []
    if (known.length < relatedMax) related.set(id, [...known, one])
  }
  return { related, costs: [...tables.costs, ...others.costs] }
}

interface Links {
  readonly links: readonly (readonly [string, RelatedResource])[]
  readonly costs: readonly QuestionCost[]
}

async function findTables(
  selector: Selector,
  tenant: string,
  { resources, time }: { readonly resources: readonly string[]; readonly time: SoughtTime },
): Promise<Links> {
  const byTable = new Map<string, string[]>()
  for (const id of resources) {
    const table = tableOfRow(id)
    if (table !== undefined) byTable.set(table, [...(byTable.get(table) ?? []), id])
  }
  const tables = [...byTable.keys()].slice(0, leadingMax)
  if (tables.length === 0) return { links: [], costs: [] }
  const names = tables.map((name) => ({ kind: 'resource', name }) as const)
  const { rows, cost } = await askStatement<{ name: string }>(
    selector,
    planNames(names, time, tenant),
  )
  const links = rows.flatMap(({ name }) =>
    (byTable.get(name) ?? []).map((id) => [id, { id: name, code: 'holds_it' }] as const),
  )
  return { links, costs: [cost] }
}

async function findInTraces(
  selector: Selector,
  tenant: string,
  resources: readonly string[],
): Promise<Links> {
  const leading = resources
    .filter((id) => leadsOn.some(([from]) => from.test(id)))
    .slice(0, leadingMax)
  if (leading.length === 0) return { links: [], costs: [] }
  const parts = leading.map((_, place) => {
    const traces = `SELECT trace_id FROM whodid.actions WHERE tenant = {tenant:String} AND resource_id = {id${place}:String} ORDER BY tenant DESC, resource_id DESC, ts DESC LIMIT ${tracesMax}`
    return `SELECT {id${place}:String} AS of, resource_id AS id, max(ts) AS last
FROM whodid.spans
WHERE (toStartOfHour(ts), trace_id) IN (
    SELECT hour, trace_id FROM whodid.threads WHERE key IN (SELECT sipHash64('trace', trace_id) FROM (${traces}))
  )
  AND resource_id NOT IN ('', {id${place}:String})
  AND match(resource_id, '^[a-z]+:(commit|pull|merge_request):')
GROUP BY id
ORDER BY last DESC
LIMIT 64`
  })
  const parameters = Object.fromEntries(leading.map((id, place) => [`id${place}`, id]))
  const { rows, cost } = await askStatement<{ of: string; id: string }>(selector, {
    sql: parts.map((part) => `SELECT * FROM (${part})`).join('\nUNION ALL\n'),
    parameters: { ...parameters, tenant },
    tenant,
  })
  const links = rows
    .filter(({ of, id }) => leadsOn.some(([from, to]) => from.test(of) && to.test(id)))
    .map(({ of, id }) => [of, { id, code: 'same_trace' }] as const)
  return { links, costs: [cost] }
}
