import type { ApiClient } from '@whodid/client'
import { parseHandle, WhodidError } from '@whodid/model'
import type { HandleKind, WhoDidAnswer } from '@whodid/model'
import { pageUrl, thingUrl } from '../parts/index.ts'
import { answerOf } from '../ask-api.ts'

/** A thing that a clue may mean, and the page about it. */
export interface Candidate {
  readonly of: string
  readonly url: string
  readonly answer: WhoDidAnswer
}

/** The outcome of a clue: one page to go to, or the things that it may mean. */
export type Resolved =
  | { readonly state: 'one'; readonly url: string }
  | {
      readonly state: 'several'
      readonly candidates: readonly Candidate[]
      readonly asked: readonly string[]
    }

/** Kinds that a bare word is tried as. */
const bareKinds: readonly HandleKind[] = [
  'instance',
  'template',
  'delegator',
  'action',
  'correlation',
  'credential',
  'tool',
  'session',
  'conversation',
  'resource',
]

/**
 * Resolves the text of the search box. A handle, a URL or a resource is what it says; anything else is tried as every kind of ID, and those
 * on record are the candidates. This is the one place that knows: a search on the server is put behind it.
 */
export async function resolveClue(client: ApiClient, clue: string): Promise<Resolved> {
  const typed = clue.trim()
  const handle = handleOf(typed)
  if (handle !== undefined) return { state: 'one', url: thingUrl(handle.kind, handle.value) }
  const asked = [...new Set(formsOf(typed))]
  const { outcomes } = await answerOf(client.POST('/v1/who-did', { body: { of: asked } }))
  const candidates = outcomes.flatMap(({ of, answer }) => {
    if (answer === null || answer.reasons.some(({ code }) => code === 'no_record')) return []
    const { kind } = answer.question
    const url =
      kind === 'resource' ? pageUrl('/ask', { of }) : thingUrl(kind, of.slice(of.indexOf(':') + 1))
    return [{ of, url, answer }]
  })
  const [only] = candidates
  return candidates.length === 1 && only !== undefined
    ? { state: 'one', url: only.url }
    : { state: 'several', candidates, asked }
}

function handleOf(typed: string): ReturnType<typeof parseHandle> | undefined {
  try {
    return parseHandle(typed)
  } catch (thrown) {
    if (thrown instanceof WhodidError && thrown.code === 'invalid_handle') return undefined
    throw thrown
  }
}

/** The handles that a text may be short for. */
function formsOf(typed: string): string[] {
  const short = /^([\w.-]+\/[\w.-]+)#(\d{1,20})$/u.exec(typed)
  if (short !== null)
    return ['pull', 'issue'].map((kind) => `resource:github:${kind}:${short[1]}/${short[2]}`)
  if (/^[\w-]+(?:\.[\w-]+)+\/\S*$/u.test(typed))
    return [`resource:https://${typed}`, `resource:${typed}`]
  return bareKinds.map((kind) => `${kind}:${typed}`)
}
