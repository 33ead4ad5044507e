import { printableLine } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import {
  FormToken,
  GradeMark,
  gradeMeanings,
  Name,
  pageUrl,
  VerdictMark,
} from '../../parts/index.ts'
import type { Session } from '../../session/index.ts'
import { KeepInCase } from './keep.tsx'
import type { Neighbours } from './neighbours.ts'
import type { PageQuestion } from './read-question.ts'

/** The parts of the page of an answer. */
export interface AnswerProps {
  readonly session: Session
  readonly question: PageQuestion
  readonly answer: WhoDidAnswer
  readonly around: Neighbours | undefined
  /** The time of the page, to which its permalink is frozen. */
  readonly askedAt: string
}

/** The head of an answer: verdict, grade, the sentence, the question, and the copies to take away. */
export function AnswerHead(props: AnswerProps): JSX.Element {
  const { answer } = props
  return (
    <header class={`answer-head is-${answer.verdict}`}>
      <p class="marks">
        <VerdictMark of={answer.verdict} /> <GradeMark of={answer.grade} />{' '}
        <span class="note">{gradeMeanings[answer.grade]}</span>
      </p>
      <h1 class="sentence">
        <Name of={answer.summary} max={1000} />
      </h1>
      <p class="asked">
        Asked of{' '}
        <code>
          <Name of={answer.question.of} max={400} />
        </code>
        <Frozen answer={answer} />
      </p>
      <Copies {...props} />
      <KeepInCase {...props} />
    </header>
  )
}

function Frozen({ answer }: { answer: WhoDidAnswer }): JSX.Element | null {
  const { at, as_recorded: asRecorded, from, to, verb } = answer.question
  const parts = [
    asRecorded === null ? '' : `as the ledger stood at ${asRecorded}`,
    at === null ? '' : `at ${at}`,
    from === null ? '' : `from ${from}`,
    to === null ? '' : `to ${to}`,
    verb === null ? '' : `only "${verb}"`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? null : (
    <span class="frozen">, {printableLine(parts.join(', '), 300)}</span>
  )
}

function Copies({ session, question, askedAt }: AnswerProps): JSX.Element {
  const frozen = { ...question, as_recorded: question.as_recorded ?? askedAt }
  return (
    <div class="copies">
      <a class="button" href={pageUrl('/ask', frozen)} data-copy-link="">
        Permalink
      </a>
      <a class="button" href={pageUrl('/ask.txt', frozen)} data-copy="">
        Text
      </a>
      <a class="button" href={pageUrl('/ask.md', frozen)} data-copy="">
        Markdown
      </a>
      <a class="button" href={pageUrl('/ask.json', frozen)} data-copy="">
        JSON
      </a>
      <form method="post" action="/export">
        <FormToken session={session} />
        {Object.entries(frozen).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button type="submit">Evidence package</button>
      </form>
      <span id="copied" class="note" role="status" />
    </div>
  )
}
