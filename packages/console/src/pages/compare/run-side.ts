import type { ApiClient, Schemas } from '@whodid/client'
import { parseHandle, WhodidError } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { answerOf } from '../../ask-api.ts'

/** Records of a timeline, and resources, that a comparison reads of each side. */
export const readOfSide = 500

/** One of the two runs that are compared. */
export interface RunSide {
  readonly id: string
  readonly about: Schemas['InstanceAbout'] | null
  readonly timeline: readonly Schemas['TimelineEntry'][]
  readonly radius: Schemas['BlastRadiusAnswer']
  /** The prompt that its newest act goes back to. */
  readonly prompt: WhoDidAnswer['prompt']
  /** True where there is more on record than was read. */
  readonly isCut: boolean
}

/** Reads all that a comparison shows of an instance. */
export async function readSide(client: ApiClient, id: string): Promise<RunSide> {
  const path = { id }
  const query = { limit: String(readOfSide) }
  const [answer, radius, { prompt }] = await Promise.all([
    answerOf(client.GET('/v1/instances/{id}', { params: { path, query } })),
    answerOf(client.GET('/v1/instances/{id}/blast-radius', { params: { path, query } })),
    answerOf(
      client.GET('/v1/who-did', { params: { query: { of: `instance:${id}`, limit: '0' } } }),
    ),
  ])
  return {
    id,
    about: answer.instance,
    timeline: answer.timeline,
    radius,
    prompt,
    isCut: answer.next_cursor !== null || radius.resources.length < radius.resources_total,
  }
}

/**
 * The instance that a side names: an instance's ID, or any handle of an act, whose agent it then is. Throws `invalid_handle` for an act
 * that no agent is known to have done.
 */
export async function instanceOfSide(
  client: ApiClient,
  side: 'a' | 'b',
  text: string,
): Promise<string> {
  const kind = kindOf(text)
  if (kind === undefined) return text
  if (kind === 'instance') return text.slice('instance:'.length)
  const query = { of: text, limit: '0' }
  const { agent } = await answerOf(client.GET('/v1/who-did', { params: { query } }))
  const id = agent?.instance?.id
  if (typeof id === 'string') return id
  throw new WhodidError(
    'invalid_handle',
    `"${side}" expected an instance, or an act of one; no instance is known to have done it`,
  )
}

/** The kind of a handle; undefined for text that is none, which is an ID. */
function kindOf(text: string): string | undefined {
  try {
    const { kind } = parseHandle(text)
    return kind
  } catch {
    // No handle: the ID of an instance as it stands on record.
    return undefined
  }
}

/** Runs that may be worth a comparison with one. */
export interface RunCandidates {
  /** Instances that acted under the same prompt. */
  readonly ofPrompt: readonly string[]
  /** Instances of the same template, the one that acted last first. */
  readonly ofTemplate: readonly string[]
}

/** Acts that are looked at for candidates. */
const actsRead = 100

/** Finds other runs of the same prompt and of the same template. */
export async function candidatesFor(client: ApiClient, side: RunSide): Promise<RunCandidates> {
  const template = side.about?.templates[0]?.id
  const hash = side.prompt?.hash ?? null
  const ofPrompt = async (): Promise<string[]> => {
    if (hash === null) return []
    const query = { of: `prompt:${hash}`, limit: String(actsRead) }
    const { actor, alternatives } = await answerOf(client.GET('/v1/who-did', { params: { query } }))
    const others = alternatives.flatMap((one) =>
      one.verdict === 'agent' && one.actor !== null ? [one.actor] : [],
    )
    return actor?.type === 'agent' ? [actor.id, ...others] : others
  }
  const ofTemplate = async (): Promise<string[]> => {
    if (template === undefined) return []
    const query = { template, from: side.about?.first_at ?? '', limit: String(actsRead) }
    const { actions } = await answerOf(client.GET('/v1/actions', { params: { query } }))
    return actions.flatMap(({ instance }) => (instance === null ? [] : [instance]))
  }
  const [prompt, template_] = await Promise.all([ofPrompt(), ofTemplate()])
  const others = (ids: readonly string[]): string[] =>
    [...new Set(ids)].filter((id) => id !== side.id)
  return { ofPrompt: others(prompt), ofTemplate: others(template_) }
}
