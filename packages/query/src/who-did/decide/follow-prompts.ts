import { hasPart, hintRules } from '@whodid/model'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Decision } from './decide.ts'

/** The maximum number of prompts followed outwards, from a sub-agent's to its parent's; a longer line is a loop. */
const promptsMax = 64

/** The prompts above an action, and the first reference that is not on record. */
export interface PromptPath {
  /** The prompts, nearest first: the last instruction to the actor, then the instruction to its instructor. */
  readonly prompts: readonly EvidenceRecord[]
  /** The prompt that initiated the task: the nearest that no agent gave, else the outermost. */
  readonly initiating: EvidenceRecord | undefined
  /** The first prompt that is named and not on record; '' when all are on record. */
  readonly missingRef: string
  /** The record that holds the initiating prompt's text: its own, or one of its run; undefined without a prompt. */
  readonly textSource: EvidenceRecord | undefined
}

/** Follows `whodid.prompt.ref` from every record on the path outwards: each prompt names the one it was given under. */
export function followPrompts(decision: Decision): PromptPath {
  const { path, mergedRecord } = decision
  const prompts: EvidenceRecord[] = []
  let missingRef = ''
  const hasInitiator = (): boolean => initiates(prompts.at(-1))
  for (const { record } of path) {
    if (hasInitiator()) break
    let ref = record.kind === 'prompt' ? record.key : record.prompt_ref
    while (ref !== '' && prompts.length < promptsMax && !hasInitiator()) {
      const prompt = mergedRecord(ref)?.record
      if (prompt === undefined && missingRef === '') missingRef = ref
      // An emitter may let a prompt name itself; this ends the path and is not a loop.
      if (prompt === undefined || prompts.includes(prompt)) break
      prompts.push(prompt)
      ref = prompt.prompt_ref
    }
  }
  const initiating = prompts.at(-1)
  const textSource = initiating && findPromptText(decision, initiating)
  return { prompts, initiating, missingRef, textSource }
}

const initiators: ReadonlySet<string> = new Set(['human', 'schedule', 'system'])

/** True when a task begins with the prompt. A prompt from an agent or a tool has an earlier cause. */
export function initiates(prompt: EvidenceRecord | undefined): boolean {
  return prompt !== undefined && initiators.has(prompt.prompt_origin)
}

/** The maximum number of records read for one prompt's text, the earliest first. */
const textSourcesMax = 4

/** The maximum number of parents followed to find the run that a record belongs to. */
const parentsMax = 256

/**
 * Returns the record that holds a prompt's text: the prompt itself, else the first model call of the run that it began,
 * or a log record under that run, because most emitters record a message at the model call and not at the agent. If
 * these hold none, and the run began another of the same agent on the path to the act, without a call in between, that
 * run's text is taken.
 *
 * The first text given to a model call is the prompt of the run. The prompt that the run itself gave to an agent within
 * it is not.
 */
export function findPromptText(decision: Decision, prompt: EvidenceRecord): EvidenceRecord {
  if (prompt.content_state.state !== 'withheld') return prompt
  const textSources = promptTextSources(decision, prompt)
  return (
    textSources.find(({ content_state: content }) => content.state === 'text') ??
    textSources.find(({ content_state: content }) => !silent.has(content.state)) ??
    prompt
  )
}

const silent: ReadonlySet<string> = new Set(['withheld', 'unread'])

/** Returns the records with a text that may hold a prompt's text in its place, the likeliest first. */
export function promptTextSources(decision: Decision, prompt: EvidenceRecord): EvidenceRecord[] {
  const found: EvidenceRecord[] = []
  for (const run of runsOf(decision, prompt)) {
    if (run.key !== prompt.key && holdsText(run)) found.push(run)
    found.push(...ownTextSources(decision, run))
    if (found.length > 0) break
  }
  return found.slice(0, textSourcesMax)
}

/** True when the record committed to a text of its own. */
export function holdsText({ text_at: textAt }: EvidenceRecord): boolean {
  return hasPart(textAt, 'content')
}

/** Returns the run, and the runs that it only wraps: on the path to the act, of the same agent, no call in between. */
function runsOf({ path }: Decision, prompt: EvidenceRecord): EvidenceRecord[] {
  const runs = [prompt]
  const at = path.findIndex(({ record }) => record.key === prompt.key)
  for (let index = at - 1; index >= 0; index -= 1) {
    const record = path[index]?.record
    if (record === undefined || path[index + 1]?.joinedBy !== 'parent') break
    if (record.kind === 'tool_call' || record.kind === 'action' || record.kind === 'delegation')
      break
    if (record.kind !== 'prompt') continue
    const outer = runs.find((run) => isNamed(run))
    if (outer !== undefined && (!isNamed(record) || record.template !== outer.template)) break
    if (record.exporter !== prompt.exporter) break
    runs.push(record)
  }
  return runs
}

function isNamed({ template, template_rule: rule }: EvidenceRecord): boolean {
  return template !== '' && !hintRules.has(rule)
}

/** Returns the model calls of the run itself and the log records of its prompt, by time. */
function ownTextSources(
  { evidence, mergedRecord }: Decision,
  run: EvidenceRecord,
): EvidenceRecord[] {
  const trace = run.key.slice(0, 32)
  const textSources: EvidenceRecord[] = []
  for (const key of evidence.relatedRecords.keys()) {
    const record = key.startsWith(trace) ? mergedRecord(key)?.record : undefined
    if (record === undefined || !mayHoldText(record, run)) continue
    if (beganIn(record, mergedRecord) === run.key) textSources.push(record)
  }
  return textSources.sort((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
}

function mayHoldText(record: EvidenceRecord, run: EvidenceRecord): boolean {
  const isMessage = record.kind === 'prompt' && record.signal === 'log'
  if (record.kind !== 'model_call' && !isMessage) return false
  // An exporter that may not speak for the run cannot supply its prompt.
  const isBelieved = record.exporter === run.exporter || record.channel === 'entitled'
  return isBelieved && record.channel !== 'unentitled' && holdsText(record)
}

/** Returns the key of the nearest prompt above a record; '' when there is none. */
function beganIn(record: EvidenceRecord, mergedRecord: Decision['mergedRecord']): string {
  let key = record.parent
  for (let parents = 0; parents < parentsMax && key !== ''; parents += 1) {
    const above = mergedRecord(key)?.record
    if (above === undefined) return ''
    if (above.kind === 'prompt' && above.signal !== 'log') return above.key
    key = above.parent
  }
  return ''
}
