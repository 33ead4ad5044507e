import type { WhoDidAnswer } from '@whodid/model'
import { printableLine } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { DelegationGraph } from '../../draw/delegation-graph.tsx'
import { Waterfall } from '../../draw/waterfall.tsx'
import { Name } from '../../parts/agent-text.tsx'
import { GradeMark, gradeMeanings, VerdictMark } from '../../parts/marks.tsx'
import { pageUrl } from '../../parts/links.tsx'
import { FormToken, Page } from '../../parts/page.tsx'
import type { Session } from '../../session/sessions.ts'
import type { Neighbours } from '../answer-page.tsx'
import { Alternatives, Around, Gaps, Reasons } from './evidence.tsx'
import { Facts } from './facts.tsx'
import { Inputs, Origin } from './origin.tsx'
import { Proof } from './proof.tsx'
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

/** The page of an answer: the sentence, then who and for whom, then the evidence, then the proof. */
export function AnswerView(props: AnswerProps): JSX.Element {
  const { session, answer, around } = props
  return (
    <Page title={printableLine(answer.question.of, 80)} session={session} clue={answer.question.of}>
      <Head {...props} />
      <div class="answer">
        <div class="answer-main">
          <Facts answer={answer} />
          <Inputs inputs={answer.inputs} action={answer.action} />
          <Gaps gaps={answer.gaps} />
          <Origin answer={answer} />
          <Waterfall chain={answer.chain} />
          <Around around={around} answer={answer} />
          <Alternatives alternatives={answer.alternatives} of={answer.question.of} />
        </div>
        <aside class="answer-side" aria-label="Delegation, reasons and proof">
          <DelegationGraph answer={answer} />
          <Reasons reasons={answer.reasons} />
          <Proof answer={answer} />
        </aside>
      </div>
    </Page>
  )
}

function Head(props: AnswerProps): JSX.Element {
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
