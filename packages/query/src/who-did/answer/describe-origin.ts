import { inputTrusts, outcomes, promptOrigins, recordKinds } from '@whodid/model'
import type { ChainHop, Input, WhoDidAnswer } from '@whodid/model'
import { nameOrNull, textOrNull, toInstant } from '../../text.ts'
import type { Decision } from '../decide/decide.ts'
import { findPromptText, followPrompts, initiates } from '../decide/follow-prompts.ts'
import type { PromptPath } from '../decide/follow-prompts.ts'
import { lineageOf } from '../decide/lineage.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** The origin found for an act, and the counts that the answer leaves out. */
export interface WayBack {
  readonly prompts: PromptPath
  readonly plan: PlanInForce
  /** The number of hops that the answer leaves out of the chain. */
  readonly leftOut: number
  /** The number of inputs that the answer leaves out. */
  readonly inputsLeftOut: number
  /** True when an act of this kind can have a prompt and a plan. */
  readonly needsPrompt: boolean
}

/** Describes an act's origin: the prompts, the plan, the chain and the inputs that were read before. */
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

/** The most outermost hops shown, where the act began; the nearest hops, where it ended, are shown too. */
const outermostMax = 56
const nearestMax = 200

/** The hops of a chain, and the number left out of its middle. */
interface Chain {
  readonly hops: ChainHop[]
  readonly leftOut: number
}

/**
 * The hops from the root to the action: the ancestors in the order of their nesting, and the action last. Between them, each
 * before the first hop that started later, are the prompts, the records of their text, and their plan where these are not
 * ancestors.
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
    ended_at: toInstant(record.end_ts),
    joined_by: joinedBy,
  }
}

/** The plan an action followed, and its reference when the plan itself is not on record. */
export interface PlanInForce {
  readonly plan: EvidenceRecord | undefined
  readonly missingRef: string
}

/**
 * Finds the plan that the subject, or its nearest ancestor with one, names. A prompt that begins a task ends the search: the
 * plan that its own record names is the plan of the task before.
 */
export function findPlan(decision: Decision): PlanInForce {
  const ref = firstPlanRef(decision)
  if (ref === '') return { plan: undefined, missingRef: '' }
  const plan = decision.mergedRecord(ref)?.record
  return { plan, missingRef: plan === undefined ? ref : '' }
}

/** Returns the plan as the answer shows it; `step` is that of the nearest record that follows it. */
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

/** Returns the prompts as the answer shows them: the one that began the task, and the nearest where that is another. */
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

/** The most inputs shown in one answer. */
const inputsMax = 200

interface Inputs {
  /** The untrusted first, whatever else there is; each kind oldest first. */
  readonly inputs: Input[]
  /** The number left out: the oldest of the untrusted, then the oldest of the others. */
  readonly leftOut: number
}

/**
 * Returns the inputs that entered the context of the acting instance, of one it descends from, or of the act's agent run,
 * before the act. Only records of senders that may speak for the actor, or for one that its records name, count.
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
  const ofAct = admittedRecords(decision)
    .filter((record) => record.input_source !== '' && record.ts <= subject.ts)
    .filter(isOfAct)
  const readings = new Map(ofAct.map((one) => [one.key, `${one.input_trust} ${one.input_source}`]))
  const found = ofAct
    .filter((record) => !isReportedAbove(record, readings, decision))
    .toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
  const untrusted = found.filter(isUntrusted).slice(-inputsMax)
  const room = inputsMax - untrusted.length
  const others = room === 0 ? [] : found.filter((record) => !isUntrusted(record)).slice(-room)
  const shown = [...untrusted, ...others]
  return { inputs: shown.map(toInput), leftOut: found.length - shown.length }
}

/** The most records above an input that are searched for the same reading. */
const aboveInputMax = 16

/**
 * True when a record above, also among the readings, reports the same with the same trust: the client's and the server's
 * record of one. In a circle of parents no record is above the other.
 */
function isReportedAbove(
  record: EvidenceRecord,
  readings: ReadonlyMap<string, string>,
  { mergedRecord }: Decision,
): boolean {
  let nearest: EvidenceRecord | undefined
  let above = mergedRecord(record.parent)?.record
  for (let step = 0; step < aboveInputMax && above !== undefined; step += 1) {
    if (above.key === record.key) return false
    if (above.input_source !== '') nearest ??= above
    above = mergedRecord(above.parent)?.record
  }
  return nearest !== undefined && readings.get(nearest.key) === readings.get(record.key)
}

function admittedRecords({ evidence, mergedRecord, ancestors }: Decision): EvidenceRecord[] {
  const amongAncestors = ancestors.records.filter(({ input_source: source }) => source !== '')
  const around = [...evidence.relatedRecords.keys()].flatMap(
    (key) => mergedRecord(key)?.record ?? [],
  )
  // A sender that may not speak for an instance cannot claim its inputs.
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
 * Returns the test for records of the act's agent run: their nearest run above is the same one. The search upwards follows
 * the act's rule: only through records of the act's own exporters.
 */
function recordsOfRun({
  ancestors,
  mergedRecord,
}: Pick<Decision, 'ancestors' | 'mergedRecord'>): (record: EvidenceRecord) => boolean {
  const run = ancestors.records.find((record) => runKinds.has(record.kind))
  if (run === undefined) return () => false
  // The run that a record belongs to, by the record's key; '' for none. Each record is visited once.
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
