import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf } from '../parts/index.ts'
import type { PageEnv } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { AnswerView } from './answer/answer-view.tsx'
import { neighboursOf } from './answer/neighbours.ts'
import { readQuestion } from './answer/read-question.ts'
import type { PageDeps } from './page-deps.ts'

/** Answers `/ask`: one answer, whole. */
export function answerPage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const question = readQuestion(c)
    const askedAt = new Date(now()).toISOString()
    const client = ask.client(c)
    const answer = await answerOf(client.GET('/v1/who-did', { params: { query: question } }))
    const around = await neighboursOf(client, answer)
    const session = c.get('session')
    const page: JSX.Element = (
      <AnswerView
        session={session}
        question={question}
        answer={answer}
        around={around}
        askedAt={askedAt}
      />
    )
    return htmlOf(c, page)
  }
}
