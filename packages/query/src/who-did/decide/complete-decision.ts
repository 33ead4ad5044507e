import { linksBytesMax } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Decision } from './decide.ts'
import { followPrompts, initiates } from './follow-prompts.ts'
import { walkAncestors } from './join-path.ts'
import type { Hop } from './join-path.ts'
import { claimStrength } from './resolve-claims.ts'

/** Completes a decision from records beside the act's ancestors: the steps of its run, and the run that it resumes. */
export function completeDecision(decided: Decision): Decision {
  return joinLink(nameFromSteps(decided))
}

/** The maximum number of resumed runs followed in a row; a longer line is a loop. */
const joinsMax = 8

/**
 * Rule `joined_by_link`: a resumed run inherits the prompt and the delegator of the run before it.
 *
 * An agent that waits for a person ends its trace, and continues in another that links to it. The linked run began the
 * task when the resumed one was asked nothing itself and both name one conversation or one agent, or when both hold the
 * same tool call, interrupted there and done here. When two runs qualify, neither is taken. Another exporter's run
 * counts only when that exporter may speak for its actor.
 */
export function joinLink(decided: Decision): Decision {
  let decision = decided
  for (let joins = 0; joins < joinsMax; joins += 1) {
    const joined = isOpen(decision) ? joinOnce(decision) : undefined
    if (joined === undefined) break
    decision = joined
  }
  return decision
}

/** Returns the linked records that the evidence lacks, by key, when the task's beginning is not known; else none. */
export function linksToFollow(decision: Decision): string[] {
  if (!isOpen(decision)) return []
  return linksOf(decision).filter((key) => !decision.evidence.relatedRecords.has(key))
}

/** True when the task may have begun in an earlier run: no record says that it began in this one. */
function isOpen(decision: Decision): boolean {
  return decision.verdict === 'agent' && !initiates(followPrompts(decision).initiating)
}

/** Returns the keys that the outermost segment of the path links to, nearest first. */
function linksOf({ path }: Decision): string[] {
  return [...new Set(outermost(path).flatMap(({ record }) => linkedKeys(record.links)))]
}

/** Returns the records since the last join: those of the run that may be a resumed one. */
function outermost(path: readonly Hop[]): readonly Hop[] {
  return path.slice(
    Math.max(
      path.findLastIndex(({ joinedBy }) => joinedBy !== 'parent'),
      0,
    ),
  )
}

function joinOnce(decision: Decision): Decision | undefined {
  const passed = new Set(decision.path.map(({ record }) => record.key))
  const found = new Map<string, readonly EvidenceRecord[]>()
  for (const key of linksOf(decision)) {
    const records = walkAncestors(key, (at) => decision.mergedRecord(at)).records
    const run = records.find(({ kind }) => kind === 'prompt')
    const isNew = records.every((record) => !passed.has(record.key))
    if (run !== undefined && isNew && isBelieved(decision, records) && qualifies(decision, records))
      found.set(run.key, records)
  }
  const [records, ...others] = found.values()
  if (records === undefined || others.length > 0) return undefined
  const hops = records.map((record, index): Hop => ({
    record,
    joinedBy: index === 0 ? 'link' : 'parent',
    leftOut: '',
  }))
  return withDelegator({ ...decision, path: [...decision.path, ...hops] }, records)
}

/** True when every record is from the act's own exporter, or from one that may speak for its actor. */
function isBelieved({ ancestors }: Decision, records: readonly EvidenceRecord[]): boolean {
  const exporter = ancestors.records[0]?.exporter
  return records.every(
    (record) =>
      record.channel !== 'unentitled' &&
      (record.exporter === exporter || record.channel === 'entitled'),
  )
}

function qualifies(decision: Decision, linked: readonly EvidenceRecord[]): boolean {
  const own = outermost(decision.path).map(({ record }) => record)
  if (shares(calls(own), callsIn(decision, linked))) return true
  const { initiating, textSource } = followPrompts(decision)
  if (initiating !== undefined && textSource?.content_state.state === 'text') return false
  const conversations = (records: readonly EvidenceRecord[]): string[] =>
    records.map(({ conversation }) => conversation)
  const theirs = conversations(linked)
  const isOther = conversations(own).some((one) => one !== '') && theirs.some((one) => one !== '')
  return isOther ? shares(conversations(own), theirs) : shares(names(own), names(linked))
}

function calls(records: readonly EvidenceRecord[]): string[] {
  return records.filter(({ kind }) => kind === 'tool_call').map(({ tool_call }) => tool_call)
}

/** Returns the calls anywhere in the linked trace: the interrupted call is not an ancestor of the linked record. */
function callsIn(
  { evidence, mergedRecord }: Decision,
  linked: readonly EvidenceRecord[],
): string[] {
  const trace = linked[0]?.key.slice(0, 32) ?? ''
  const keys = [...evidence.relatedRecords.keys()].filter((key) => key.startsWith(trace))
  return calls(keys.flatMap((key) => mergedRecord(key)?.record ?? []))
}

function names(records: readonly EvidenceRecord[]): string[] {
  return records
    .filter((record) => {
      const strength = claimStrength(record, 'template')
      return strength === 'said' || strength === 'read'
    })
    .map(({ template }) => template)
}

function shares(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => one !== '' && others.includes(one))
}

/** Takes the delegator of the earlier run when no record names one for this run. */
function withDelegator(decision: Decision, records: readonly EvidenceRecord[]): Decision {
  const { delegator, delegatorType, conflictingDelegators, claimSources, grades, grade } = decision
  if (delegator !== '' || delegatorType === 'none' || conflictingDelegators.length > 0)
    return decision
  const claimSource = records.find((record) => {
    const strength = claimStrength(record, 'delegator')
    const isClaim = strength === 'said' || strength === 'read'
    return record.actor_type === 'agent' && record.delegator !== '' && isClaim
  })
  if (claimSource === undefined) return decision
  return {
    ...decision,
    delegator: claimSource.delegator,
    delegatorType: claimSource.delegator_type,
    claimSources: { ...claimSources, delegator: claimSource },
    grades: { ...grades, delegator: 'inferred' },
    grade: grade === 'contradicted' || grade === 'none' ? grade : 'inferred',
  }
}

/** The maximum number of parents followed to find the run that a record belongs to. */
const parentsMax = 256

/**
 * Rule `named_by_steps`: when only a service's name identifies the agent, and all steps of the act's run that name an
 * agent name the same one, that one is taken. LlamaIndex names its agents only on such steps.
 */
function nameFromSteps(decision: Decision): Decision {
  const { verdict, claimSources, ancestors } = decision
  const isWeak = claimSources.template?.template_rule === 'resource.service_name'
  const run = ancestors.records.find(({ kind }) => kind === 'prompt')
  if (verdict !== 'agent' || !isWeak || run === undefined) return decision
  const steps = stepsOf(decision, run)
  const [step] = steps
  if (step === undefined || new Set(steps.map(({ template }) => template)).size > 1) return decision
  return {
    ...decision,
    isNamedBySteps: true,
    template: step.template,
    actorId: decision.instance === '' ? step.template : decision.actorId,
    claimSources: { ...claimSources, template: step },
    grades: { ...decision.grades, template: 'inferred' },
  }
}

/** Returns the records of the run itself, from its own exporter, that name an agent. */
function stepsOf({ evidence, mergedRecord }: Decision, run: EvidenceRecord): EvidenceRecord[] {
  const trace = run.key.slice(0, 32)
  return [...evidence.relatedRecords.keys()].flatMap((key) => {
    const record = key.startsWith(trace) ? mergedRecord(key)?.record : undefined
    const isStep =
      record !== undefined &&
      record.actor_type === 'agent' &&
      record.exporter === run.exporter &&
      record.channel !== 'unentitled' &&
      claimStrength(record, 'template') === 'read' &&
      isUnder(record, run, mergedRecord)
    return isStep ? [record] : []
  })
}

function isUnder(
  record: EvidenceRecord,
  run: EvidenceRecord,
  mergedRecord: Decision['mergedRecord'],
): boolean {
  let key = record.parent
  for (let parents = 0; parents < parentsMax && key !== ''; parents += 1) {
    if (key === run.key) return true
    const above = mergedRecord(key)?.record
    if (above === undefined || above.kind === 'prompt') return false
    key = above.parent
  }
  return false
}

/** The maximum number of links read from one record; more belong to a batch, not to a resumed run. */
const linksMax = 8

const link = /"trace_id":"([0-9a-f]{32})","span_id":"([0-9a-f]{16})"/gu

/** Returns the keys, `<trace>-<span>`, that a record's links name. Accepts the ledger's JSON even when it is cut. */
function linkedKeys(links: string): string[] {
  if (links === '') return []
  const keys = new Set<string>()
  for (const [, trace = '', span = ''] of links.slice(0, linksBytesMax).matchAll(link)) {
    if (keys.size >= linksMax) break
    keys.add(`${trace}-${span}`)
  }
  return [...keys]
}
