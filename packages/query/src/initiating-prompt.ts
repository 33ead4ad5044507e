import { promptOrigins } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { tellPrompt } from './tell-prompt.ts'
import { textOrNull } from './text.ts'

/** Prompts followed outwards, a sub-agent's to its parent's and on; a longer way is no delegation but a loop. */
const promptsMax = 64

/** The prompts an action stands under, and the reference at which the record ends. */
export interface PromptTrail {
  /** Nearest first: the last instruction to whoever acted, then that of whoever instructed it. */
  readonly prompts: readonly EvidenceRecord[]
  /** The one that initiated the task: the nearest that no agent gave, else the outermost there is. */
  readonly initiating: EvidenceRecord | undefined
  /** A prompt that is named and not on record; '' when all that are named are. */
  readonly missingRef: string
  /** The record that tells the initiating prompt's text: its own, or one of its run; undefined without a prompt. */
  readonly teller: EvidenceRecord | undefined
}

/** Follows `whodid.prompt.ref` from every record on the way outwards: each prompt names the one it was given under. */
export function followPrompts(decision: Decision): PromptTrail {
  const { path, testimony } = decision
  const prompts: EvidenceRecord[] = []
  let missingRef = ''
  const hasInitiator = (): boolean => initiates(prompts.at(-1))
  for (const { record } of path) {
    if (hasInitiator()) break
    let ref = record.kind === 'prompt' ? record.key : record.prompt_ref
    while (ref !== '' && prompts.length < promptsMax && !hasInitiator()) {
      const prompt = testimony(ref)?.record
      if (prompt === undefined && missingRef === '') missingRef = ref
      // An emitter may let a prompt name itself; that is the end of the way, not a loop.
      if (prompt === undefined || prompts.includes(prompt)) break
      prompts.push(prompt)
      ref = prompt.prompt_ref
    }
  }
  const initiating = prompts.at(-1)
  const teller = initiating && tellPrompt(decision, initiating)
  return { prompts, initiating, missingRef, teller }
}

const initiators: ReadonlySet<string> = new Set(['human', 'schedule', 'system'])

/** Whether a task begins with it. What an agent or a tool says was said because of something before. */
export function initiates(prompt: EvidenceRecord | undefined): boolean {
  return prompt !== undefined && initiators.has(prompt.prompt_origin)
}

/** The prompts as the answer shows them: the one that initiated the task, and the nearest where that is another. */
export function describePrompts(
  decision: Decision,
  trail: PromptTrail,
): Pick<WhoDidAnswer, 'prompt' | 'nearest_prompt'> {
  const [nearest] = trail.prompts
  const isOther = nearest !== undefined && nearest !== trail.initiating
  return {
    prompt: describePrompt(decision, trail.initiating),
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
    text: textOrNull(tellPrompt(decision, prompt).content),
    hash: prompt.prompt_hash === '' ? null : prompt.prompt_hash,
    grade: promptGrade(decision, prompt),
  }
}

function promptGrade(
  { path, trail }: Decision,
  prompt: EvidenceRecord,
): NonNullable<WhoDidAnswer['prompt']>['grade'] {
  const [subject] = trail.records
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
