import { printableLine } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { DelegationGraph, Waterfall } from '../../draw/index.ts'
import { Page } from '../../parts/index.ts'
import { Alternatives, Around } from './around.tsx'
import { Facts } from './facts.tsx'
import { AnswerHead } from './head.tsx'
import type { AnswerProps } from './head.tsx'
import { Inputs, Origin } from './origin.tsx'
import { Proof } from './proof.tsx'
import { Gaps, Reasons } from './reasons.tsx'

/** The page of an answer: the sentence, then who and for whom, then the evidence, then the proof. */
export function AnswerView(props: AnswerProps): JSX.Element {
  const { session, answer, around } = props
  return (
    <Page title={printableLine(answer.question.of, 80)} session={session} clue={answer.question.of}>
      <AnswerHead {...props} />
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
          <Reasons reasons={answer.reasons} of={answer.question.of} />
          <Proof answer={answer} />
        </aside>
      </div>
    </Page>
  )
}
