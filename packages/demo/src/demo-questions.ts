import { dataOf, openApi, requestApi } from '@whodid/client'
import type { ApiAccess } from '@whodid/client'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import { WhodidError } from '@whodid/model'
import type { Verdict, WhoDidAnswer } from '@whodid/model'
import { cast, customerResource, pullResource } from './cast.ts'

/** A question of the demo, and what is true. */
export interface DemoQuestion {
  readonly handle: string
  readonly verdict: Verdict
  /** A reason that the answer must give. */
  readonly reason?: string
}

/**
 * The six questions, in the order in which a responder asks them. The act that was refused to the killed instance is looked up among
 * those of the instance. Throws `internal` when there is none, and the errors of the API.
 */
export async function demoQuestions(
  client: ApiAccess,
  killed: string,
  signal: AbortSignal,
): Promise<readonly DemoQuestion[]> {
  const query = { instance: killed }
  const api = openApi(client, { signal })
  const { actions } = await dataOf(api.GET('/v1/actions', { params: { query } }))
  const refused = actions.find(({ outcome }) => outcome === 'denied')
  if (refused === undefined)
    throw new WhodidError('internal', 'no act of the killed instance was refused')
  return [
    { handle: pullResource(cast.mergedByAgent), verdict: 'agent' },
    { handle: pullResource(cast.mergedByHand), verdict: 'human' },
    {
      handle: customerResource(cast.missedCustomer),
      verdict: 'agent',
      reason: 'before_revocation',
    },
    { handle: `span:${refused.span}`, verdict: 'agent', reason: 'after_revocation_proven' },
    { handle: customerResource(cast.billedCustomer), verdict: 'service' },
    { handle: pullResource(999), verdict: 'undetermined', reason: 'no_record' },
  ]
}

/** Asks questions over HTTP, one after another, and resolves with the answers in their order. */
export async function askQuestions(
  questions: readonly DemoQuestion[],
  client: ApiAccess,
  signal: AbortSignal,
): Promise<Readonly<Record<string, WhoDidAnswer>>> {
  const answers: Record<string, WhoDidAnswer> = {}
  for (const { handle } of questions) {
    const response = await requestApi(client, '/v1/who-did', {
      parameters: { of: handle },
      signal,
    })
    answers[handle] = whoDidAnswerSchema.parse(await response.json())
  }
  return answers
}

/** The answers that are not what happened, a sentence each. */
export function wrongAnswers(
  questions: readonly DemoQuestion[],
  answers: Readonly<Record<string, WhoDidAnswer>>,
): string[] {
  return questions.flatMap(({ handle, verdict, reason }) => {
    const answer = answers[handle]
    const isRight =
      answer?.verdict === verdict &&
      (reason === undefined || answer.reasons.some(({ code }) => code === reason))
    const expected = reason === undefined ? verdict : `${verdict}, ${reason}`
    return isRight
      ? []
      : [`${handle}: expected "${expected}"; got "${answer?.verdict ?? 'no answer'}"`]
  })
}
