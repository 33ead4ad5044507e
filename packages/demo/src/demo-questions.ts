import { requestApi } from '@whodid/client'
import type { ApiAccess } from '@whodid/client'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import type { Verdict, WhoDidAnswer } from '@whodid/model'
import { cast, customerResource, pullResource } from './cast.ts'

/** A question of the demo, and what is true. */
export interface DemoQuestion {
  readonly handle: string
  readonly verdict: Verdict
  /** A reason that the answer must give. */
  readonly reason?: string
}

/** The five questions, in the order in which a responder asks them. */
const demoQuestions: readonly DemoQuestion[] = [
  { handle: pullResource(cast.mergedByAgent), verdict: 'agent' },
  { handle: pullResource(cast.mergedByHand), verdict: 'human' },
  { handle: customerResource(42), verdict: 'agent' },
  { handle: customerResource(cast.billedCustomer), verdict: 'service' },
  { handle: pullResource(999), verdict: 'undetermined', reason: 'no_record' },
]

/** Asks the five questions over HTTP, one after another, and resolves with the answers in their order. */
export async function askDemoQuestions(
  client: ApiAccess,
  signal: AbortSignal,
): Promise<Readonly<Record<string, WhoDidAnswer>>> {
  const answers: Record<string, WhoDidAnswer> = {}
  for (const { handle } of demoQuestions) {
    const response = await requestApi(client, '/v1/who-did', {
      parameters: { of: handle },
      signal,
    })
    answers[handle] = whoDidAnswerSchema.parse(await response.json())
  }
  return answers
}

/** The answers that are not what happened, a sentence each. */
export function wrongAnswers(answers: Readonly<Record<string, WhoDidAnswer>>): string[] {
  return demoQuestions.flatMap(({ handle, verdict, reason }) => {
    const answer = answers[handle]
    const isRight =
      answer?.verdict === verdict &&
      (reason === undefined || answer.reasons.some(({ code }) => code === reason))
    return isRight
      ? []
      : [`${handle}: expected "${verdict}"; got "${answer?.verdict ?? 'no answer'}"`]
  })
}
