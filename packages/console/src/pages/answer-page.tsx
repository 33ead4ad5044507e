import type { Schemas } from '@whodid/client'
import type { WhoDidAnswer } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { answerOf } from '../ask-api.ts'
import { htmlOf } from '../parts/html-of.tsx'
import type { PageEnv } from '../session/page-env.ts'
import { AnswerView } from './answer/answer-view.tsx'
import { readQuestion } from './answer/read-question.ts'
import type { PageDeps } from './page-deps.ts'

/** Acts shown on the same resource before the act, and after it. */
const neighboursMax = 5

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

/** The acts on the resource of an answer, around its own. */
export interface Neighbours {
  /** Newest first. */
  readonly before: readonly Schemas['ListedAction'][]
  /** Newest first. */
  readonly after: readonly Schemas['ListedAction'][]
  /** True where there are more acts after it than are shown. */
  readonly afterCut: boolean
}

async function neighboursOf(
  client: ReturnType<PageDeps['ask']['client']>,
  { action, question }: WhoDidAnswer,
): Promise<Neighbours | undefined> {
  const resource = action?.resource?.id
  if (action === null || resource === undefined) return undefined
  const list = async (times: { from?: string; to?: string }) => {
    const query = { resource, ...times, limit: `${neighboursMax + 1}` }
    const { actions } = await answerOf(client.GET('/v1/actions', { params: { query } }))
    return actions.filter(
      ({ span, received_at: receivedAt }) =>
        span !== action.span &&
        (question.as_recorded === null || receivedAt <= question.as_recorded),
    )
  }
  const [before, after] = await Promise.all([
    list({ to: action.started_at }),
    list({ from: action.started_at }),
  ])
  return {
    before: before.slice(0, neighboursMax),
    after: after.slice(0, neighboursMax),
    afterCut: after.length > neighboursMax,
  }
}
