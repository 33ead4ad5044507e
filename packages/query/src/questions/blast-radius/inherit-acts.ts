import { crossExporters } from '../../who-did/decide/cross-exporters.ts'
import { mergeVersions, nearOf } from '../../who-did/decide/merge-versions.ts'
import { readEntitlements } from '../../who-did/evidence/entitlements.ts'
import { blankEvidenceRecord } from '../../who-did/evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../../who-did/evidence/evidence-record.ts'
import type { LinkRow, TouchedRow, TouchRow, UnnamedRow } from './sql.ts'

/** The most ancestors looked at; a longer or circular chain gives no instance. */
const ancestorsMax = 64

/** Returns the ancestor whose claim the act inherits; undefined where none claims. */
type ClaimOf = (act: UnnamedRow) => EvidenceRecord | undefined

/**
 * Returns the acts that belong to an instance of `tree` by the rules `inherited_from_ancestor` and `crosses_exporters`. The
 * act's own record names no instance, its nearest ancestor with a claim is an agent's, and every exporter in between may
 * speak for that agent. Pure.
 */
export function inheritActs(
  acts: readonly UnnamedRow[],
  links: readonly LinkRow[],
  tree: ReadonlySet<string>,
): TouchedRow[] {
  const claimOf = claimReader(links)
  const touched = new Map<string, { resource: string; type: string; touches: TouchRow[] }>()
  const seen = new Set<string>()
  for (const act of acts) {
    const claim = claimOf(act)
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

function claimReader(links: readonly LinkRow[]): ClaimOf {
  const versions = new Map<string, EvidenceRecord[]>()
  for (const link of links) {
    const record = { ...blankEvidenceRecord, ...link }
    const known = versions.get(link.key)
    if (known === undefined) versions.set(link.key, [record])
    else known.push(record)
  }
  for (const known of versions.values())
    known.sort((a, b) => (a.received_at < b.received_at ? -1 : 1))
  const entitlements = readEntitlements(versions)
  const find = (key: string, near: readonly string[]): EvidenceRecord | undefined => {
    const known = versions.get(key)
    return known && mergeVersions(known, entitlements, near).record
  }
  return ({ key, exporter }) => {
    const records: EvidenceRecord[] = []
    const own = versions.get(key)?.find((version) => version.exporter === exporter)
    let record = own ?? find(key, [exporter])
    for (let step = 0; record !== undefined && step < ancestorsMax; step += 1) {
      records.push(record)
      if (record.actor_type !== '' && record.actor_type !== 'agent') return undefined
      if (record.instance !== '') break
      record = find(record.parent, nearOf(records))
    }
    const claim = records.at(-1)
    if (claim === undefined || claim.instance === '') return undefined
    const ancestors = { records, missingParent: '', cycleAt: '' }
    return crossExporters(ancestors, entitlements).ancestors.records.includes(claim)
      ? claim
      : undefined
  }
}

function addAct(touches: readonly TouchRow[], act: UnnamedRow, claim: EvidenceRecord): TouchRow[] {
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
