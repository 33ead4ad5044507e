import type { Handle, HandleKind } from '@whodid/model'
import { namesNobody } from '../evidence/entitlements.ts'
import type { CandidateAct, EvidenceRecord, ListedAction } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Question } from '../question.ts'
import { completeDecision } from './complete-decision.ts'
import { decide } from './decide.ts'
import type { Decision } from './decide.ts'
import { readActs } from './fold-act.ts'
import type { ActReader, FoldedAct } from './fold-act.ts'
import { followPrompts } from './follow-prompts.ts'
import { walkAncestors } from './join-path.ts'

/** An act that the verdict may concern. */
export interface JudgedCandidate {
  readonly key: string
  readonly outcome: string
  /** True when a claim that can be believed names the actor. */
  readonly isEntitled: boolean
}

/** The evidence that a candidate is judged by. */
interface CandidateDeps {
  readonly evidence: Evidence
  /** True when its own record carries the name in question; else it must inherit it. */
  readonly carriesName: boolean
}

/**
 * Judges whether the verdict may concern a candidate, once the evidence around it is known. Judges the whole act by its
 * outcome and verb, and by inherited names when the candidate's own record does not carry the name in question. Returns
 * undefined when the verdict may not concern it. Pure.
 */
export function judgeCandidate(
  question: Question,
  candidate: ListedAction,
  { evidence, carriesName }: CandidateDeps,
): JudgedCandidate | undefined {
  const { fold, mergedRecord } = readActs(evidence)
  const record = mergedRecord(candidate.key)?.record
  const act = fold(candidate.key)
  if (record === undefined || act === undefined) return undefined
  const call = mergedRecord(act.key)?.record ?? record
  // An answer about a resource, a token or an action shows a record that names it.
  const key = namesToo(question.handle, call) ? act.key : candidate.key
  const { outcome, verb } = key === act.key ? act : describePart(record, act)
  if (outcome === 'failure' || outcome === 'denied') return undefined
  if (isDecisionOnly(mergedRecord(key)?.record, question)) return undefined
  if (!isVerbAsked(verb, question)) return undefined
  if (!carriesName && !inheritsName(question.handle, key, { evidence, mergedRecord }))
    return undefined
  return { key, outcome, isEntitled: isBelieved(record, key, evidence) }
}

/** True when the verb is the one that the question names, or is not `read` when it names none. */
function isVerbAsked(verb: string, question: Question): boolean {
  return question.verb === null ? verb !== 'read' : verb === question.verb
}

/** True when the record is an approval and the question names no verb: an approver did not do the act. */
function isDecisionOnly(record: EvidenceRecord | undefined, { verb }: Question): boolean {
  return record?.kind === 'approval' && verb === null
}

/**
 * True when a record is entitled, or is unbound and its act's verdict is determined. An unbound record that names
 * nobody is no better than an unentitled claim.
 */
function isBelieved(record: EvidenceRecord, key: string, evidence: Evidence): boolean {
  if (record.channel !== 'unbound') return record.channel !== 'unentitled'
  return decide({ ...evidence, subject: key, listed: [] }).verdict !== 'undetermined'
}

/** Describes a part of an act for an answer: its own fields, and the act's outcome, tool and verb where it has none. */
export function describePart(
  record: EvidenceRecord,
  act: FoldedAct,
): Pick<FoldedAct, 'outcome' | 'reportedBy' | 'tool' | 'verb' | 'resource' | 'resource_type'> {
  const isReportedByItself = record.outcome !== '' && record.outcome !== 'unknown'
  return {
    outcome: isReportedByItself ? record.outcome : act.outcome,
    reportedBy: isReportedByItself ? record : act.reportedBy,
    tool: record.tool === '' ? act.tool : record.tool,
    verb: record.verb === '' ? act.verb : record.verb,
    resource: record.resource,
    resource_type: record.resource_type,
  }
}

/** False when the handle names a resource or a credential that the part carries and the call above it does not. */
function namesToo({ kind, value }: Handle, call: EvidenceRecord): boolean {
  if (kind === 'resource') return call.resource === value
  if (kind === 'credential') return call.credential === value
  return true
}

/**
 * True when an act inherits the name in question. A record below a call that carries the name does not: it only carries
 * out that call, and the call is found by its own record.
 */
function inheritsName(
  { kind, value }: Handle,
  key: string,
  { evidence, mergedRecord }: Pick<ActReader, 'mergedRecord'> & Pick<CandidateDeps, 'evidence'>,
): boolean {
  const found = completeDecision(decide({ ...evidence, subject: key, listed: [] }))
  const above = walkAncestors(key, mergedRecord).records.slice(1)
  if (above.some((record) => isCall(record) && carries(record, kind, value))) return false
  if (kind === 'template') return found.template === value
  if (kind === 'instance') return found.instance === value
  if (kind === 'session' || kind === 'conversation')
    return found.ancestors.records.find((record) => record[kind] !== '')?.[kind] === value
  if (kind === 'prompt')
    return followPrompts(found).prompts.some(({ prompt_hash: hash }) => hash === value)
  return found.delegator === value || (found.verdict === 'human' && found.actorId === value)
}

function isCall({ kind }: EvidenceRecord): boolean {
  return kind === 'tool_call' || kind === 'action'
}

function carries(record: EvidenceRecord, kind: HandleKind, value: string): boolean {
  if (kind === 'template') return record.template === value
  if (kind === 'instance') return record.instance === value
  if (kind === 'session' || kind === 'conversation') return record[kind] === value
  if (kind === 'prompt') return false
  return record.delegator === value || record.user === value
}

/**
 * Returns the act that a handle of one act names. Anybody who learned an action's ID can write it on another record, so
 * the ID belongs to the actor whose record is best backed and came first. Of that actor's records the one that reports
 * the outcome is returned: of any sender that may speak for the actor, else only of the first one's. An act that names nobody
 * must have got its actor by {@link withActorAbove}.
 */
export function namedAct(
  kind: HandleKind,
  candidates: readonly CandidateAct[],
): CandidateAct | undefined {
  const ranked = candidates.toSorted(
    (a, b) => backingOf(a) - backingOf(b) || compare(a.received_at, b.received_at),
  )
  const [owner] = ranked
  if (owner === undefined || kind !== 'action') return owner
  const own = candidates.filter(
    (one) =>
      backingOf(one) === backingOf(owner) &&
      isSameActor(one, owner) &&
      (owner.channel === 'entitled' || one.exporter === owner.exporter),
  )
  return own.toSorted(newestFirst).find((one) => one.outcome !== 'unknown') ?? owner
}

/** True when two records name the same actor, or both name nobody. */
export function isSameActor(a: Named, b: Named): boolean {
  return (['actor_type', 'template', 'instance', 'user', 'service'] as const).every(
    (field) => a[field] === b[field],
  )
}

type Named = Pick<ListedAction, 'actor_type' | 'template' | 'instance' | 'user' | 'service'>

/** True when only the records above can name the actor: the record names nobody and its exporter is unbound. */
export function isOpen(act: ListedAction): boolean {
  return act.channel === 'unbound' && namesNobody(act)
}

/**
 * Returns an act that names nobody with the actor that the records above it name, as well backed as the record that names
 * it; as an unentitled one where they name nobody, or were not read.
 */
export function withActorAbove(act: CandidateAct, decision: Decision | undefined): CandidateAct {
  const source = decision && namingRecord(decision)
  if (decision === undefined || source === undefined) return { ...act, channel: 'unentitled' }
  const { verdict, instance, template } = decision
  const named = { ...act, channel: source.channel, actor_type: verdict, instance, template }
  if (verdict === 'human') return { ...named, user: source.user }
  return verdict === 'service' ? { ...named, service: source.service } : named
}

/** Returns the record that names the actor; undefined when the verdict is undetermined. */
function namingRecord({ verdict, claimSources }: Decision): EvidenceRecord | undefined {
  if (verdict === 'undetermined') return undefined
  const { actor, instance, template } = claimSources
  return verdict === 'agent' ? (instance ?? template) : actor
}

/**
 * Returns the rank of an act's backing, 0 for the best. A record that names nobody ranks with an entitled one: a record
 * above it, which is not read here, may name the actor.
 */
export function backingOf(act: ListedAction): number {
  if (act.channel === 'unentitled') return 2
  return act.channel === 'unbound' && !namesNobody(act) ? 1 : 0
}

/**
 * Orders acts newest first, by the earlier of the emitter's clock and the ledger's: a fast clock hides no later act.
 */
export function newestFirst(a: ListedAction, b: ListedAction): number {
  return (
    compare(earlier(b), earlier(a)) ||
    compare(b.ts, a.ts) ||
    Number(b.kind === 'tool_call') - Number(a.kind === 'tool_call') ||
    compare(a.key, b.key)
  )
}

function earlier({ ts, received_at }: ListedAction): string {
  return ts < received_at ? ts : received_at
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
