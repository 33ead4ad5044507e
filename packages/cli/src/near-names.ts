import { dataOf } from '@whodid/client'
import type { ApiClient, Schemas } from '@whodid/client'
import {
  isPartOfUuid,
  nearestName,
  nearestVerb,
  parseHandle,
  printableLine,
  WhodidError,
} from '@whodid/model'
import { hoursAgo } from './question-options.ts'

/** Typed names that are no handles, or under which nothing is on record. */
export interface TypedNames {
  /** Handles, or IDs with the kind that the command implies before them. */
  readonly handles: readonly string[]
  readonly verb?: string | undefined
}

/** The acts whose names are compared: the newest of the last day, and no more of them. */
const actsMax = 500
const hoursLookedAt = 24
/** Letters that the beginning of a name must have. */
const beginningMin = 4
/** Names suggested for one that was typed. */
const suggestedMax = 5
const shownLengthMax = 120

/**
 * Says which names on record are near to what was typed: those that begin with it, differ from it in case, or by a letter or two.
 * One question to the API, of bounded size. Undefined when none is near; then nothing recorded is the answer.
 */
export async function nearNames(api: ApiClient, typed: TypedNames): Promise<string | undefined> {
  const verb = typed.verb === undefined ? undefined : nearestVerb(typed.verb)
  const ofVerb =
    verb === undefined
      ? []
      : [
          `no act of the verb "${shown(typed.verb ?? '')}" is on record for it; did you mean --verb ${verb}?`,
        ]
  const names = typed.handles.length === 0 ? [] : await recentNames(api)
  const said = [...ofVerb, ...typed.handles.flatMap((handle) => sayNear(handle, names))]
  return said.length === 0 ? undefined : said.join(' ')
}

/**
 * A handle that was refused, with the names on record that begin with it or are near, where there are any: what a narrow column leaves of
 * an ID can be completed so.
 */
export async function refusedHandle(
  api: ApiClient,
  refused: WhodidError,
  handles: readonly string[],
): Promise<WhodidError> {
  const names = await recentNames(api)
  const near = handles.flatMap((handle) => listNear(handle, names) ?? [])
  if (near.length === 0) return refused
  return new WhodidError(
    refused.code,
    `${refused.message}. On record, of the last ${hoursLookedAt} hours: ${near.join(', ')}`,
    {
      cause: refused,
    },
  )
}

/** The kinds of the names that a listed act bears. */
const namedKinds = [
  'trace',
  'span',
  'action',
  'instance',
  'template',
  'delegator',
  'resource',
  'tool',
]

/** A name and its kind, as handles have them. */
interface KnownName {
  readonly kind: string
  readonly value: string
}

async function recentNames(api: ApiClient): Promise<KnownName[]> {
  const query = { from: hoursAgo(hoursLookedAt), limit: String(actsMax) }
  const { actions } = await dataOf(api.GET('/v1/actions', { params: { query } })).catch(
    // Near names are unknown then; the answer that nothing is on record stands.
    (): Pick<Schemas['ActionsAnswer'], 'actions'> => ({ actions: [] }),
  )
  const names = actions.flatMap((action) => [
    { kind: 'trace', value: action.span.slice(0, 32) },
    { kind: 'span', value: action.span },
    { kind: 'action', value: action.action },
    { kind: 'instance', value: action.instance },
    { kind: 'template', value: action.template },
    { kind: 'delegator', value: action.delegator },
    { kind: 'resource', value: action.resource?.id ?? null },
    { kind: 'tool', value: action.tool },
  ])
  const distinct = new Map<string, KnownName>()
  for (const { kind, value } of names)
    if (value !== null && value !== '') distinct.set(`${kind}:${value}`, { kind, value })
  return [...distinct.values()]
}

function sayNear(handle: string, names: readonly KnownName[]): string[] {
  const near = listNear(handle, names)
  const nothing = `nothing that fits is on record under "${shown(handle)}"`
  if (near !== undefined)
    return [`${nothing}; near to it, of the last ${hoursLookedAt} hours: ${near}.`]
  return isPartOfUuid(handle.slice(handle.indexOf(':') + 1).trim())
    ? [`${nothing}, which looks like the beginning of an ID: such an ID has 36 characters.`]
    : []
}

/** The handles that are near to one, as a list; undefined when none is. */
function listNear(handle: string, names: readonly KnownName[]): string | undefined {
  const { kind, value: typed } = partsOf(handle)
  const comparable = names.filter((name) => kind === undefined || name.kind === kind)
  if (comparable.some(({ value: known }) => known === typed)) return undefined
  const near = comparable.filter((name) => isNear(typed, name))
  if (near.length === 0) return undefined
  const listed = near.slice(0, suggestedMax).map((name) => `${name.kind}:${shown(name.value)}`)
  const more = near.length > suggestedMax ? ` and ${near.length - suggestedMax} more` : ''
  return `${listed.join(', ')}${more}`
}

/** The canonical form of a typed handle; for text that is no handle, the part behind a known kind. */
function partsOf(handle: string): { readonly kind: string | undefined; readonly value: string } {
  try {
    return parseHandle(handle)
  } catch {
    // Cut short, most likely: that is what names are looked for.
    const [, prefix = '', value = ''] = /^([a-z]+) *:(.*)$/isu.exec(handle.trim()) ?? []
    const kind = namedKinds.find((known) => known === prefix.toLowerCase())
    return kind === undefined ? { kind, value: handle.trim() } : { kind, value: value.trim() }
  }
}

/** Returns true where a name was most likely meant. A name that differs in a number is another name, and not a slip. */
function isNear(text: string, { kind, value }: KnownName): boolean {
  const typed = text.replace(/(?:…|\.\.\.)$/u, '').toLowerCase()
  const known = value.toLowerCase()
  if (typed.length < beginningMin || text === value) return false
  // A span ID without its trace.
  if (kind === 'span' && known.slice(33).startsWith(typed)) return true
  if (known.startsWith(typed)) {
    const isId = /^[0-9a-f]{8}[0-9a-f-]{8,}$/u.test(known)
    return isId || !(/\d$/u.test(typed) && /^\d/u.test(known.slice(typed.length)))
  }
  const digits = (name: string): string => name.replace(/\D/gu, '')
  if (value.length > 40 || digits(typed) !== digits(known)) return false
  return nearestName(typed, [known]) !== undefined
}

function shown(text: string): string {
  return printableLine(text, shownLengthMax)
}
