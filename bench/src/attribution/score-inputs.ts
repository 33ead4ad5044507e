import type { Scored } from './score-corpus.ts'

/** What answers say of what entered the context before the act, against the truth. */
export interface InputScore {
  /** A line for each input that is told and not true, or true and not told, or told with another trust. */
  readonly faults: readonly string[]
  /** Inputs that were to be told. */
  readonly sought: number
}

/** Inputs that an answer has room for. */
const toldMax = 200

/** Of what was read, the untrusted first, and of each kind the newest. */
function toTell<Read extends { readonly trust: string }>(reads: readonly Read[]): Read[] {
  const untrusted = reads.filter(({ trust }) => trust === 'untrusted').slice(-toldMax)
  const others = reads.filter(({ trust }) => trust !== 'untrusted')
  const room = toldMax - untrusted.length
  return [...untrusted, ...(room === 0 ? [] : others.slice(-room))]
}

/** Scores the inputs of the answers that are about the act that was asked for. */
export function scoreInputs(scored: readonly Scored[]): InputScore {
  const faults: string[] = []
  let sought = 0
  for (const { question, answer } of scored) {
    const { truth, subjects } = question
    if (answer.action === null || !subjects.includes(answer.action.span)) continue
    const told = answer.inputs.map(({ span, trust }) => `${span} ${trust}`)
    const real = toTell(truth.inputs).map(({ span, trust }) => `${span} ${trust}`)
    const isCut = real.length < truth.inputs.length
    if (isCut !== answer.gaps.some(({ code }) => code === 'inputs_truncated'))
      faults.push(`${question.id} · ${question.of} · says nothing of what it leaves out`)
    sought += real.length
    const added = told.filter((input) => !real.includes(input))
    const missing = real.filter((input) => !told.includes(input))
    if (added.length + missing.length > 0 || told.join() !== real.join())
      faults.push(
        `${question.id} · ${question.of} · not true ${added.join()} · untold ${missing.join()}`,
      )
  }
  return { faults, sought }
}
