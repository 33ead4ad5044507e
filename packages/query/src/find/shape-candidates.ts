import { parseHandle, printableLine } from '@whodid/model'
import type { Candidate, CandidateKind, HandleKind, Lead, MatchCode } from '@whodid/model'
import type { Found } from './found.ts'
import type { FindQuestion } from './question.ts'
import type { RelatedResource } from './relate-resources.ts'

/** UTF-16 units of a candidate's label. */
const labelLengthMax = 200
/** Records of acts below one name that are one candidate of their own, from so many names on. */
const belowMin = 2

/** The order of the reasons, the best first. */
const ranks: Readonly<Record<MatchCode, number>> = {
  is_the_name: 0,
  other_form_of_the_name: 1,
  in_the_time: 2,
  holds_it: 3,
  same_trace: 3,
  begins_with_it: 4,
  contains_it: 5,
  in_attributes: 6,
  in_text: 7,
  near_in_spelling: 8,
}

/** Merges what several searches found under one name, and puts the best first: the reason, then the newest. */
export function mergeFound(found: readonly Found[]): Found[] {
  const merged = new Map<string, Found>()
  for (const one of found) {
    const key = `${one.kind}:${one.name}`
    const known = merged.get(key)
    merged.set(key, known === undefined ? one : mergeTwo(known, one))
  }
  return [...merged.values()].toSorted(
    (a, b) => ranks[a.code] - ranks[b.code] || (a.last < b.last ? 1 : a.last > b.last ? -1 : 0),
  )
}

function mergeTwo(a: Found, b: Found): Found {
  const best = ranks[b.code] < ranks[a.code] ? b : a
  const isNewer = a.last >= b.last
  return {
    ...best,
    records: Math.max(a.records, b.records),
    acts: Math.max(a.acts, b.acts),
    isWhole: a.isWhole || b.isWhole,
    first: a.first < b.first ? a.first : b.first,
    last: isNewer ? a.last : b.last,
    newest: isNewer ? a.newest : b.newest,
  }
}

/** One candidate for all resources that begin with a prefix, where there are several. */
export function foundBelow(prefix: string, found: readonly Found[]): Found[] {
  const below = found.filter(
    ({ kind, name }) => kind === 'resource' && name.startsWith(prefix) && name !== prefix,
  )
  const [newest] = below.toSorted((a, b) => (a.last < b.last ? 1 : -1))
  if (newest === undefined || below.length < belowMin) return []
  const sum = (count: (one: Found) => number): number =>
    below.reduce((total, one) => total + count(one), 0)
  return [
    {
      kind: 'resources',
      name: prefix,
      code: 'begins_with_it',
      why: `${below.length} resources begin with it`,
      records: sum(({ records }) => records),
      acts: sum(({ acts }) => acts),
      isWhole: below.every(({ isWhole }) => isWhole),
      first: below.reduce((first, one) => (one.first < first ? one.first : first), newest.first),
      last: newest.last,
      newest: newest.newest,
    },
  ]
}

/** Shapes what was found as the answer has it: texts made safe to print, and the question that each leads to. */
export function shapeCandidate(
  found: Found,
  question: FindQuestion,
  related: readonly RelatedResource[],
): Candidate {
  return {
    kind: found.kind,
    label: printableLine(found.line ?? found.name, labelLengthMax),
    why: { code: found.code, text: printableLine(found.why, labelLengthMax) },
    records: found.records,
    acts: found.acts,
    is_counted_whole: found.isWhole,
    first_at: found.first === '' ? null : found.first,
    last_at: found.last === '' ? null : found.last,
    newest: found.newest === '' ? null : found.newest,
    leads_to: leadOf(found, question),
    related: [...relatedOfText(found), ...related].map(({ id, code }) => ({
      kind: 'resource',
      label: printableLine(id, labelLengthMax),
      why: code,
      leads_to: leadOfName('resource', id, ''),
    })),
  }
}

function relatedOfText({ about }: Found): RelatedResource[] {
  return about === undefined || about.resource === ''
    ? []
    : [{ id: about.resource, code: 'holds_it' }]
}

function leadOf(found: Found, question: FindQuestion): Lead {
  const { kind, name, newest } = found
  if (kind === 'acts') return { question: 'actions', of: null, filters: filtersOf(found, question) }
  if (kind === 'resources') return { question: 'find', of: name, filters: { limit: '100' } }
  if (kind === 'text') return leadOfText(found)
  if (kind === 'span') return whoDid(`span:${name}`)
  const lead = leadOfName(kind, name, newest)
  // The newest act of the time asked about, and not the newest of all.
  const isOfTime = kind === 'resource' && found.code === 'in_the_time'
  return isOfTime ? { ...lead, filters: filtersOf(found, question) } : lead
}

function filtersOf(found: Found, { after, before, time }: FindQuestion): Record<string, string> {
  const verb =
    found.kind === 'acts' ? found.name : time.verbs.length === 1 ? time.verbs[0] : undefined
  return {
    ...(verb === undefined || verb === '' ? {} : { verb }),
    // A list without a handle needs a time.
    ...(after === null && found.kind !== 'acts'
      ? {}
      : { from: after === null ? found.first : instantOf(after) }),
    ...(before === null ? {} : { to: instantOf(before) }),
  }
}

function instantOf(unixNs: bigint): string {
  return new Date(Number(unixNs / 1_000_000n)).toISOString()
}

/** A prompt leads to what was done under it, an act to itself, any other text to its trace. */
function leadOfText({ name, acts, about }: Found): Lead {
  const isPrompt = about?.recordKind === 'prompt'
  if (isPrompt && /^sha256:[0-9a-f]{64}$/u.test(about.promptHash))
    return whoDid(`prompt:${about.promptHash}`)
  return whoDid(acts > 0 ? `span:${name}` : `trace:${name.slice(0, 32)}`)
}

/**
 * The question of who did it, of a name. A name that no handle can carry (it is not printable, or another canonical form has replaced it)
 * leads to its newest record.
 */
function leadOfName(kind: HandleKind & CandidateKind, name: string, newest: string): Lead {
  const handle = `${kind}:${name}`
  const isSafe = printableLine(handle, 4096) === handle
  if (!isSafe || !isSame(kind, name, handle))
    return whoDid(newest === '' ? printableLine(handle, 4096) : `span:${newest}`)
  return whoDid(handle)
}

function isSame(kind: HandleKind, name: string, handle: string): boolean {
  try {
    const parsed = parseHandle(handle)
    return parsed.kind === kind && parsed.value === name
  } catch {
    return false
  }
}

function whoDid(of: string): Lead {
  return { question: 'who_did', of, filters: {} }
}

/** Leads to a name that may have been meant. */
export function leadOfNear(kind: CandidateKind, name: string): Lead {
  const handleKind = kind === 'resources' || kind === 'text' || kind === 'acts' ? 'resource' : kind
  return leadOfName(handleKind, name, '')
}
