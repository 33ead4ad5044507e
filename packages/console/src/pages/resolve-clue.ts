import type { ApiClient, Schemas } from '@whodid/client'
import { parseHandle, WhodidError } from '@whodid/model'
import { answerOf } from '../ask-api.ts'
import { pageUrl, thingUrl } from '../parts/index.ts'

type FindAnswer = Schemas['FindAnswer']

/** The outcome of a clue: one page to go to, or what it may mean. */
export type Resolved =
  | { readonly state: 'one'; readonly url: string }
  | { readonly state: 'several'; readonly found: FindAnswer }

/** A clue as the search box sends it. */
export interface Clue {
  readonly q: string
  readonly after?: string
  readonly before?: string
}

/**
 * Resolves the text of the search box. A handle, a URL or a resource is what it says, and a clue that is the name of one thing leads to
 * it; anything else shows what it may mean, and so does a handle that is given as a clue, or the beginning of resources: `db:row:shop/`.
 */
export async function resolveClue(
  client: ApiClient,
  clue: Clue,
  isClue: boolean,
): Promise<Resolved> {
  const isBeginning = clue.q.endsWith('/') && clue.q.includes(':') && !clue.q.includes('://')
  const handle = isClue || isBeginning ? undefined : handleOf(clue.q)
  if (handle !== undefined) return { state: 'one', url: thingUrl(handle.kind, handle.value) }
  const query = { ...clue, limit: '30' }
  const found = await answerOf(client.GET('/v1/find', { params: { query } }))
  const [only] = found.candidates
  const isNamed = found.candidates.length === 1 && !found.more && only?.why.code === 'is_the_name'
  return isNamed ? { state: 'one', url: leadUrl(only.leads_to) } : { state: 'several', found }
}

/** The page of the question that a candidate leads to. */
export function leadUrl({ question, of, filters }: Schemas['Lead']): string {
  if (question === 'actions') return pageUrl('/acts', filters)
  if (question === 'templates') return '/agents'
  if (question === 'find') return pageUrl('/find', { q: of })
  const handle = of === null ? undefined : handleOf(of)
  return handle === undefined || Object.keys(filters).length > 0
    ? pageUrl('/ask', { of, ...filters })
    : thingUrl(handle.kind, handle.value)
}

function handleOf(typed: string): ReturnType<typeof parseHandle> | undefined {
  try {
    return parseHandle(typed)
  } catch (thrown) {
    if (thrown instanceof WhodidError && thrown.code === 'invalid_handle') return undefined
    throw thrown
  }
}
