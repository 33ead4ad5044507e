import { promptOrigins } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { textOrNull } from './text.ts'
import type { KinRecord, WhoDidRow } from './who-did-row.ts'

/** Prompts followed outwards, a sub-agent's to its parent's and on; a longer way is no delegation but a loop. */
const promptsMax = 16

/** The prompts an action stands under, and the reference at which the record ends. */
export interface PromptTrail {
  /** Nearest first; the last is the one that initiated the task, as far as the record reaches. */
  readonly prompts: readonly KinRecord[]
  /** A prompt that is named and not on record; '' when the way was followed to its end. */
  readonly missingRef: string
}

/** Follows `whodid.prompt.ref` from the subject outwards: each prompt names the one it was given under. */
export function followPrompts(row: WhoDidRow): PromptTrail {
  const known = new Map(
    [...row.evidence, ...row.trail]
      .filter((record) => record.kind === 'prompt')
      .map((record) => [record.key, record]),
  )
  const prompts: KinRecord[] = []
  let ref = firstPromptRef(row.trail)
  while (ref !== '' && prompts.length < promptsMax) {
    const prompt = known.get(ref)
    if (prompt === undefined) return { prompts, missingRef: ref }
    // An emitter may let a prompt name itself; that is the end of the way, not a loop.
    if (prompts.includes(prompt)) break
    prompts.push(prompt)
    ref = prompt.prompt_ref
  }
  return { prompts, missingRef: '' }
}

/** The prompt that initiated the task, as the answer shows it. */
export function describePrompt(row: WhoDidRow, trail: PromptTrail): WhoDidAnswer['prompt'] {
  const prompt = trail.prompts.at(-1)
  if (prompt === undefined) return null
  return {
    span: prompt.key,
    origin: promptOrigins.find((origin) => origin === prompt.prompt_origin) ?? 'unknown',
    text: textOrNull(prompt.content),
    hash: prompt.prompt_hash === '' ? null : prompt.prompt_hash,
    grade: promptGrade(row, prompt),
  }
}

function firstPromptRef(trail: readonly KinRecord[]): string {
  for (const record of trail) {
    if (record.kind === 'prompt') return record.key
    if (record.prompt_ref !== '') return record.prompt_ref
  }
  return ''
}

function promptGrade(
  row: WhoDidRow,
  prompt: KinRecord,
): NonNullable<WhoDidAnswer['prompt']>['grade'] {
  const subject = row.trail[0]
  if (subject === undefined) return 'none'
  const channels = [subject.channel, prompt.channel]
  if (channels.includes('unentitled')) return 'contradicted'
  const said = subject.prompt_ref !== '' || subject.kind === 'prompt'
  if (!said) return 'inferred'
  return channels.includes('unbound') ? 'asserted' : 'channel'
}
