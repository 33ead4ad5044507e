import { inputTrusts, outcomes, promptOrigins, recordKinds } from '@whodid/model'
import type { ChainHop, Input, WhoDidAnswer } from '@whodid/model'
import { nameOrNull, textOrNull, toInstant } from '../../text.ts'
import type { Decision } from '../decide/decide.ts'
import { findPromptText, followPrompts, initiates } from '../decide/follow-prompts.ts'
import type { PromptPath } from '../decide/follow-prompts.ts'
import { lineageOf } from '../decide/lineage.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** What was found of an act's origin, and what of it the answer leaves out. */
export interface WayBack {
  readonly prompts: PromptPath
  readonly plan: PlanInForce
  /** Hops of the chain that the answer leaves out. */
  readonly leftOut: number
  /** Inputs that the answer leaves out. */
  readonly inputsLeftOut: number
  /** Whether an act of this kind has a prompt and a plan at all. */
  readonly needsPrompt: boolean
}

/** Describes how it came to the act: the prompts, the plan, the chain and the inputs that were read before. */
export function describeOrigin(decision: Decision): Pick<
  WhoDidAnswer,
  'prompt' | 'nearest_prompt' | 'plan' | 'chain' | 'inputs'
> & {
  readonly way: WayBack
} {
  const isOwnAct = decision.verdict === 'human' || decision.verdict === 'service'
  const prompts = followPrompts(decision)
  const plan = findPlan(decision)
  const { hops, leftOut } = buildChain(decision, prompts, plan.plan)
  const { inputs, leftOut: inputsLeftOut } = listInputs(decision)
  return {
    ...describePrompts(decision, prompts),
    plan: describePlan(decision, plan),
    chain: hops,
    inputs,
    way: { prompts, plan, leftOut, inputsLeftOut, needsPrompt: !isOwnAct },
  }
}

/** Hops shown: the outermost, where it began, and the nearest, where it ended. */
const outermostMax = 56
const nearestMax = 200

/** The hops of a chain, and how many of its middle are left out. */
interface Chain {
  readonly hops: ChainHop[]
  readonly leftOut: number
}

/**
 * The way from the root to the action: the records on the way outwards in the order of their nesting, and between them the
 * prompts, what tells their text, and the plan they name that are not on it, each before the first hop that started later. The action is last.
 */
function buildChain(
  { path }: Decision,
  { prompts, textSource }: Pick<PromptPath, 'prompts' | 'textSource'>,
  plan: EvidenceRecord | undefined,
): Chain {
  const [subject, ...outwards] = path
  if (subject === undefined) return { hops: [], leftOut: 0 }
  const hops: { record: EvidenceRecord; joinedBy: ChainHop['joined_by'] }[] = outwards.toReversed()
  hops.push(subject)
  const onPath = new Set(path.map(({ record }) => record.key))
  const onWay = new Set([...path.map(({ record }) => record.key), ...prompts.map((p) => p.key)])
  const reported = textSource !== undefined && !onWay.has(textSource.key) ? [textSource] : []
  const beside = [
    ...reported.map((record) => ({ record, joinedBy: 'prompt_text' as const })),
    ...prompts.map((record) => ({ record, joinedBy: 'prompt_ref' as const })),
    ...(plan === undefined ? [] : [{ record: plan, joinedBy: 'plan_ref' as const }]),
  ].filter(({ record }) => !onPath.has(record.key))
  for (const hop of beside) {
    const later = hops.findIndex(({ record }) => record.ts > hop.record.ts)
    hops.splice(later < 0 ? hops.length - 1 : later, 0, hop)
  }
  const leftOut = Math.max(hops.length - outermostMax - nearestMax, 0)
  if (leftOut > 0) hops.splice(outermostMax, leftOut)
  return { hops: hops.map(({ record, joinedBy }) => toHop(record, joinedBy)), leftOut }
}

function toHop(record: EvidenceRecord, joinedBy: ChainHop['joined_by']): ChainHop {
  return {
    span: record.key,
    record_kind: recordKinds.find((kind) => kind === record.kind) ?? 'other',
    name: nameOrNull(record.name) ?? '',
    instance: nameOrNull(record.instance),
    template: nameOrNull(record.template),
    tool: nameOrNull(record.tool),
    outcome: outcomes.find((outcome) => outcome === record.outcome) ?? null,
    resource: nameOrNull(record.resource),
    started_at: toInstant(record.ts),
    joined_by: joinedBy,
  }
}

/** The plan an action followed, and its reference when the plan itself is not on record. */
export interface PlanInForce {
  readonly plan: EvidenceRecord | undefined
  readonly missingRef: string
}

/**
 * Finds the plan that the subject, or the nearest record on the way outwards that has one, names. A prompt that begins a task
 * ends the search: what its own record names is the plan of the task before.
 */
export function findPlan(decision: Decision): PlanInForce {
  const ref = firstPlanRef(decision)
  if (ref === '') return { plan: undefined, missingRef: '' }
  const plan = decision.mergedRecord(ref)?.record
  return { plan, missingRef: plan === undefined ? ref : '' }
}

/** The plan as the answer shows it; `step` is that of the nearest record that follows it. */
function describePlan({ path }: Decision, { plan }: PlanInForce): WhoDidAnswer['plan'] {
  if (plan === undefined) return null
  const follower = path.find(({ record }) => record.plan_ref === plan.key)
  const step = Number(follower?.record.plan_step ?? -1)
  return {
    span: plan.key,
    step: step < 0 ? null : step,
    text: textOrNull(plan.content),
    hash: plan.plan_hash === '' ? null : plan.plan_hash,
  }
}

function firstPlanRef({ path }: Decision): string {
  for (const { record } of path) {
    if (record.kind === 'plan') return record.key
    if (record.kind === 'prompt' && initiates(record)) return ''
    if (record.plan_ref !== '') return record.plan_ref
  }
  return ''
}

/** The prompts as the answer shows them: the one that initiated the task, and the nearest where that is another. */
function describePrompts(
  decision: Decision,
  promptPath: PromptPath,
): Pick<WhoDidAnswer, 'prompt' | 'nearest_prompt'> {
  const [nearest] = promptPath.prompts
  const isOther = nearest !== undefined && nearest !== promptPath.initiating
  return {
    prompt: describePrompt(decision, promptPath.initiating),
    nearest_prompt: isOther ? describePrompt(decision, nearest) : null,
  }
}

function describePrompt(
  decision: Decision,
  prompt: EvidenceRecord | undefined,
): WhoDidAnswer['prompt'] {
  if (prompt === undefined) return null
  return {
    span: prompt.key,
    origin: promptOrigins.find((origin) => origin === prompt.prompt_origin) ?? 'unknown',
    text: textOrNull(findPromptText(decision, prompt).content),
    hash: prompt.prompt_hash === '' ? null : prompt.prompt_hash,
    grade: promptGrade(decision, prompt),
  }
}

function promptGrade(
  { path, ancestors }: Decision,
  prompt: EvidenceRecord,
): NonNullable<WhoDidAnswer['prompt']>['grade'] {
  const [subject] = ancestors.records
  if (subject === undefined) return 'none'
  const channels = [subject.channel, prompt.channel]
  if (channels.includes('unentitled')) return 'contradicted'
  const isSaid = subject.prompt_ref !== '' || subject.kind === 'prompt'
  const isJoined = path.some(
    (hop) => hop.record.key === prompt.key && hop.joinedBy === 'correlation',
  )
  if (!isSaid || isJoined) return 'inferred'
  return channels.includes('unbound') ? 'asserted' : 'channel'
}

/** Inputs shown in one answer; more are a flood, not an explanation. */
const inputsMax = 200

/** What had been read before an act. */
interface Inputs {
  /** The untrusted first, whatever else there is; each kind oldest first. */
  readonly inputs: Input[]
  /** How many are left out: of the untrusted and then of the others, the oldest. */
  readonly leftOut: number
}

/**
 * What entered the context of the acting instance, or of one it descends from, or of the agent run that the act stands in,
 * before the act. Only what senders tell that may speak for the actor, or for one that its records name.
 */
export function listInputs(decision: Decision): Inputs {
  const [subject] = decision.ancestors.records
  if (subject === undefined) return { inputs: [], leftOut: 0 }
  const lineage = new Set(lineageOf(decision))
  const amongAncestors = new Set(decision.ancestors.records.map((record) => record.key))
  const inRun = recordsOfRun(decision)
  const isOfAct = (record: EvidenceRecord): boolean =>
    lineage.has(record.instance) ||
    amongAncestors.has(record.key) ||
    ((record.instance === '' || lineage.size === 0) && inRun(record))
  const found = admittedRecords(decision)
    .filter((record) => record.input_source !== '' && record.ts <= subject.ts)
    .filter(isOfAct)
    .filter((record) => !isReportedAbove(record, decision))
    .toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
  const untrusted = found.filter(isUntrusted).slice(-inputsMax)
  const room = inputsMax - untrusted.length
  const others = room === 0 ? [] : found.filter((record) => !isUntrusted(record)).slice(-room)
  const shown = [...untrusted, ...others]
  return { inputs: shown.map(toInput), leftOut: found.length - shown.length }
}

/** Records above an input that are looked at for the same reading. */
const aboveInputMax = 16

/** Whether a record that it stands under tells of the same reading, and trusts it no more: a client's and its server's side of one. */
function isReportedAbove(record: EvidenceRecord, { mergedRecord }: Decision): boolean {
  let above = mergedRecord(record.parent)?.record
  for (let step = 0; step < aboveInputMax && above !== undefined; step += 1) {
    if (above.input_source !== '' || above.key === record.key)
      return above.input_source === record.input_source && above.input_trust === record.input_trust
    above = mergedRecord(above.parent)?.record
  }
  return false
}

function admittedRecords({ evidence, mergedRecord, ancestors }: Decision): EvidenceRecord[] {
  const amongAncestors = ancestors.records.filter(({ input_source: source }) => source !== '')
  const around = [...evidence.relatedRecords.keys()].flatMap(
    (key) => mergedRecord(key)?.record ?? [],
  )
  // Who may not speak for an instance does not say what it has read.
  return [...new Set([...amongAncestors, ...around])].filter(
    ({ channel }) => channel !== 'unentitled',
  )
}

function isUntrusted(record: EvidenceRecord): boolean {
  return record.input_trust === 'untrusted'
}

function toInput(record: EvidenceRecord): Input {
  return {
    span: record.key,
    source: nameOrNull(record.input_source) ?? '',
    trust: inputTrusts.find((trust) => trust === record.input_trust) ?? 'unknown',
    hash: nameOrNull(record.input_hash),
    instance: nameOrNull(record.instance),
    read_at: toInstant(record.ts),
  }
}

/** Records that begin a run of an agent. */
const runKinds: ReadonlySet<string> = new Set(['prompt', 'session'])

/**
 * Which records belong to the agent run that the act stands in: those whose nearest run above them is the same one. The way
 * up is followed as the act's is: through records of the act's own exporters alone.
 */
function recordsOfRun({
  ancestors,
  mergedRecord,
}: Pick<Decision, 'ancestors' | 'mergedRecord'>): (record: EvidenceRecord) => boolean {
  const run = ancestors.records.find((record) => runKinds.has(record.kind))
  if (run === undefined) return () => false
  // By key, the run that a record belongs to; '' for none. Each record is walked over once.
  const runOf = new Map<string, string>()
  return (record) => {
    const passed: string[] = []
    let at: EvidenceRecord | undefined = record
    let found = ''
    while (at !== undefined) {
      const known = runOf.get(at.key)
      if (known !== undefined || runKinds.has(at.kind)) {
        found = known ?? at.key
        break
      }
      passed.push(at.key)
      runOf.set(at.key, '')
      at = at.parent === '' ? undefined : mergedRecord(at.parent)?.record
    }
    for (const key of passed) runOf.set(key, found)
    return found === run.key
  }
}
