import type { LinkRow, TouchedRow, TouchRow, UnnamedRow } from './sql.ts'

/** Records on the way up that are looked at; a longer way, or one in a circle, gives no instance. */
const ancestorsMax = 64

/**
 * The acts that belong to an instance of `tree` by the rule `inherited_from_ancestor`: the act's own record names no
 * instance, and the nearest one above it that makes a claim is an agent's. Pure.
 */
export function inheritActs(
  acts: readonly UnnamedRow[],
  links: readonly LinkRow[],
  tree: ReadonlySet<string>,
): TouchedRow[] {
  const byKey = new Map(links.map((link) => [link.key, link]))
  const touched = new Map<string, { resource: string; type: string; touches: TouchRow[] }>()
  const seen = new Set<string>()
  for (const act of acts) {
    const claim = claimAbove(act.key, byKey)
    if (claim === undefined || !tree.has(claim.instance) || seen.has(act.key)) continue
    seen.add(act.key)
    const entry = touched.get(act.resource) ?? {
      resource: act.resource,
      type: act.type,
      touches: [],
    }
    touched.set(act.resource, entry)
    entry.touches = addAct(entry.touches, act, claim)
  }
  return [...touched.values()]
}

function claimAbove(key: string, byKey: ReadonlyMap<string, LinkRow>): LinkRow | undefined {
  let record = byKey.get(key)
  for (let step = 0; record !== undefined && step < ancestorsMax; step += 1) {
    if (record.actor_type !== '' && record.actor_type !== 'agent') return undefined
    if (record.instance !== '') return record
    record = byKey.get(record.parent)
  }
  return undefined
}

function addAct(touches: readonly TouchRow[], act: UnnamedRow, claim: LinkRow): TouchRow[] {
  const grade = claim.channel === 'unentitled' ? 'contradicted' : 'inferred'
  const { verb, outcome, ts } = act
  const same = (touch: TouchRow): boolean =>
    touch.verb === verb && touch.outcome === outcome && touch.grade === grade
  const before = touches.find(same)
  const touch: TouchRow = {
    verb,
    outcome,
    grade,
    acts: String(Number(before?.acts ?? 0) + 1),
    first: before !== undefined && before.first < ts ? before.first : ts,
    last: before !== undefined && before.last > ts ? before.last : ts,
    instances: [...new Set([...(before?.instances ?? []), claim.instance])],
    tools: [...new Set([...(before?.tools ?? []), ...(act.tool === '' ? [] : [act.tool])])],
  }
  return [...touches.filter((other) => !same(other)), touch]
}
