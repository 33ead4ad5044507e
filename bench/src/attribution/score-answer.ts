import type { Claim, CorpusQuestion } from '@whodid/corpus'
import type { WhoDidAnswer } from '@whodid/model'

/** How one claim of an answer stands against the truth. */
export interface Mark {
  /** The answer says something. */
  readonly given: boolean
  /** What it says is true, and it had the evidence to say it. */
  readonly right: boolean
  /** The evidence suffices, and there is something to say. */
  readonly sought: boolean
}

/** An answer, claim by claim. */
export type Marks = Readonly<Record<Claim, Mark>> & {
  /** The evidence suffices for a verdict. */
  readonly decidable: boolean
}

/** Compares an answer with the truth. What is said without evidence is wrong even where it came true. */
export function scoreAnswer(question: CorpusQuestion, answer: WhoDidAnswer): Marks {
  const { truth, subjects } = question
  const onSubject = answer.action === null || subjects.includes(answer.action.span)
  const mark = (claim: Claim, said: Said): Mark => {
    const { is } = truth.evidence[claim]
    const right = said.given && said.true && is !== 'lacks' && onSubject
    return { given: said.given, right, sought: is === 'suffices' && said.exists }
  }
  const instance = answer.agent?.instance?.id
  // Of an act whose doer is left open, prompt and way are what the record shows, and no claim on what led to it.
  const isDecided = answer.verdict !== 'undetermined'
  const { delegator } = answer
  return {
    verdict: mark('verdict', {
      given: answer.verdict !== 'undetermined',
      true: answer.verdict === truth.verdict && isActor(answer, truth),
      exists: truth.verdict !== 'undetermined',
    }),
    instance: mark('instance', {
      given: instance !== undefined,
      true: instance === truth.instance,
      exists: truth.instance !== null,
    }),
    delegator: mark('delegator', {
      given: delegator !== null,
      true: delegator?.id === truth.delegator?.id && delegator?.type === truth.delegator?.type,
      exists: truth.delegator !== null,
    }),
    prompt: mark('prompt', {
      given:
        isDecided &&
        answer.prompt !== null &&
        !answer.gaps.some(({ code }) => code === 'missing_prompt'),
      true: answer.prompt?.span === truth.prompt,
      exists: truth.prompt !== null,
    }),
    chain: scoreChain(question, answer, { isDecided, onSubject }),
    decidable: truth.evidence.verdict.is === 'suffices' && truth.verdict !== 'undetermined',
  }
}

interface Said {
  readonly given: boolean
  readonly true: boolean
  readonly exists: boolean
}

/** An act without an agent in between has one name more to be right about. */
function isActor(answer: WhoDidAnswer, truth: CorpusQuestion['truth']): boolean {
  return truth.verdict === 'agent' || truth.who === null || answer.actor?.id === truth.who
}

/** Gaps that say of a chain that it may have begun farther out. */
const openEnds: ReadonlySet<string> = new Set([
  'missing_prompt',
  'missing_parent',
  'missing_instance',
])

/**
 * The way is right when it holds every record of the true one, in order, and none that lies beside it. Where the evidence does
 * not reach to the root, a way that ends before it and says so is right too: it has claimed no more.
 */
function scoreChain(
  { truth, subjects }: CorpusQuestion,
  answer: WhoDidAnswer,
  { isDecided, onSubject }: { readonly isDecided: boolean; readonly onSubject: boolean },
): Mark {
  const told = answer.chain.map(({ span }) => span)
  const belongs = new Set([...truth.chain, ...truth.beside, ...subjects])
  const subject = answer.action?.span
  // The act may be told by its call or by its intent.
  const way = truth.chain.map((ref) =>
    subjects.includes(ref) && subject !== undefined ? subject : ref,
  )
  const inOrder = told.filter((ref) => way.includes(ref))
  const isClean =
    told.every((ref) => belongs.has(ref)) &&
    inOrder.join() === way.filter((ref) => told.includes(ref)).join()
  const isWhole = inOrder.length === way.length
  const isOpen = answer.gaps.some(({ code }) => openEnds.has(code))
  const { is } = truth.evidence.chain
  const given = isDecided && told.length > 0
  const reaches = is === 'lacks' ? isOpen : isWhole || (is === 'arguable' && isOpen)
  return {
    given,
    right: given && onSubject && isClean && reaches,
    sought: is === 'suffices' && truth.chain.length > 0,
  }
}
