import type { ReadInput } from './read-input.ts'

/** What a principal is. */
export type PrincipalType = 'human' | 'service' | 'schedule' | 'agent'

/** On whose behalf somebody acts. */
export interface Principal {
  readonly id: string
  readonly type: PrincipalType
}

/** What happened, whatever the spans say. */
export interface Truth {
  /** `undetermined`: nothing happened that the question could be about. */
  readonly verdict: 'agent' | 'human' | 'service' | 'undetermined'
  /** The human's or the service's ID; null of an agent. */
  readonly who: string | null
  /** Of an agent only. */
  readonly instance: string | null
  readonly template: string | null
  /** Who stands behind an agent; null when nobody does, and for humans and services. */
  readonly delegator: Principal | null
  /** `<trace>-<span>` of the prompt that started the task. */
  readonly prompt: string | null
  /** The records on the way from the root to the act, the act last, that stand in the ledger. */
  readonly chain: readonly string[]
  /** Records that belong to the way and need not be told, such as sessions. */
  readonly beside: readonly string[]
  /** What stood in the context of the acting instance, and of those it descends from, and is on record; oldest first. */
  readonly inputs: readonly Pick<ReadInput, 'span' | 'trust'>[]
  readonly evidence: Evidence
}

/**
 * Whether what reached the ledger suffices to know it: `suffices`; `lacks`: an honest answer does not say, and saying it
 * would be a guess even where it came true; `arguable`: both saying the truth and leaving it open are honest.
 */
export type Sufficiency = 'suffices' | 'lacks' | 'arguable'

/** What of a truth can be known. */
export type Claim = 'verdict' | 'instance' | 'delegator' | 'prompt' | 'chain'

/** Of each claim, whether it can be known, and why not. */
export type Evidence = Readonly<Record<Claim, { readonly is: Sufficiency; readonly why: string }>>

/** What a situation says that its evidence lacks; what it does not name suffices. */
export type Lacking = Partial<Record<Claim, string | { readonly arguable: string }>>

/** Completes what is lacking. Without a verdict nothing else is known either. */
export function evidenceOf(lacking: Lacking): Evidence {
  const overall = lacking.verdict
  const of = (claim: Claim): Evidence[Claim] => {
    const said = lacking[claim] ?? overall
    if (said === undefined) return { is: 'suffices', why: '' }
    return typeof said === 'string'
      ? { is: 'lacks', why: said }
      : { is: 'arguable', why: said.arguable }
  }
  return {
    verdict: of('verdict'),
    instance: of('instance'),
    delegator: of('delegator'),
    prompt: of('prompt'),
    chain: of('chain'),
  }
}

/** One question of the corpus, and its right answer. */
export interface CorpusQuestion {
  /** `<situation>/<variation>.<round>`, and which of its questions. */
  readonly id: string
  readonly situation: string
  readonly of: string
  /** RFC 3339; undefined when the question names no time. */
  readonly at: string | undefined
  readonly verb: string | undefined
  /** Records that the answer may name as its action; empty: none may be named. */
  readonly subjects: readonly string[]
  readonly truth: Truth
}
