import type { ApiClient, Schemas } from '@whodid/client'
import type { WhoDidAnswer } from '@whodid/model'
import { answerOf } from '../../ask-api.ts'

/** Acts shown on the same resource before the act, and after it. */
const neighboursMax = 5

/** The acts on the resource of an answer, around its own. */
export interface Neighbours {
  /** Newest first. */
  readonly before: readonly Schemas['ListedAction'][]
  /** Newest first. */
  readonly after: readonly Schemas['ListedAction'][]
  /** True where there are more acts after it than are shown. */
  readonly afterCut: boolean
}

/** Lists the acts on the resource of an answer, around its own; undefined where it names none. */
export async function neighboursOf(
  client: ApiClient,
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
