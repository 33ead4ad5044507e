import type { Reason, WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../text.ts'
import type { Question } from '../who-did/question.ts'
import { describePeople } from './describe-people.ts'
import type { NameOfPerson, People } from './people.ts'

/** Names of a person that one question asks about, the one that was typed first. */
const namesMax = 16

/** Names that are asked about at the same time. */
const namesAtOnceMax = 4

/** Asks the question about one name. */
export type AskOne = (question: Question) => Promise<WhoDidAnswer>

/**
 * Asks a question about a person under every name that they had, each for the time for which it was theirs, and resolves with the answer about the
 * newest act. Any other question is asked as it is. The answer names the people behind the names in it. Throws the errors of `ask`.
 */
export async function askNames(
  question: Question,
  people: People,
  { ask, now }: { readonly ask: AskOne; readonly now: bigint },
): Promise<WhoDidAnswer> {
  const others = question.handle.kind === 'delegator' ? otherNames(question, people, now) : []
  const answers = await askEach([question, ...others.map(({ asked }) => asked)], ask)
  const [asTyped] = answers
  if (asTyped === undefined) throw new Error('no question was asked')
  const best = answers.toSorted(newestFirst)[0] ?? asTyped
  const via = others[answers.indexOf(best) - 1]?.name
  const merged = others.length === 0 ? best : merge(question, { best, asTyped, answers })
  const reasons =
    via === undefined ? merged.reasons : [...merged.reasons, aliasReason(via, question)]
  return describePeople({ ...merged, reasons }, people, now)
}

interface OtherName {
  readonly name: NameOfPerson
  readonly asked: Question
}

/** The other names of whoever had the typed one at the time asked about, or is it. */
function otherNames(question: Question, people: People, now: bigint): OtherName[] {
  const { value } = question.handle
  const holders = people.holdersOf(value, question.at ?? question.to ?? now)
  const persons = holders.length > 0 ? holders.map(({ person }) => person) : people.everHeld(value)
  // Whose name it is is not known: then no other name is theirs.
  if (new Set(persons).size > 1) return []
  const names = [...new Set(persons)].flatMap((person) => [
    {
      person,
      name: person,
      kind: 'person',
      source: sourceOf(people, person),
      from: 0n,
      until: null,
    },
    ...people.namesOf(person),
  ])
  return names
    .filter(({ name }) => name !== value)
    .slice(0, namesMax - 1)
    .flatMap((name) => {
      const asked = narrow(question, name)
      return asked === undefined ? [] : [{ name, asked }]
    })
}

function sourceOf(people: People, person: string): string {
  return people.namesOf(person)[0]?.source ?? ''
}

/** The question for the time for which the name was theirs; undefined where that lies outside the time asked about. */
function narrow(question: Question, { name, from, until }: NameOfPerson): Question | undefined {
  const since = from === 0n ? question.from : later(question.from, from)
  const to = until === null ? question.to : earlier(question.to, until - 1n)
  if (since !== null && to !== null && since > to) return undefined
  return { ...question, handle: { kind: 'delegator', value: name }, from: since, to }
}

function later(a: bigint | null, b: bigint): bigint {
  return a === null || b > a ? b : a
}

function earlier(a: bigint | null, b: bigint): bigint {
  return a === null || b < a ? b : a
}

async function askEach(questions: readonly Question[], ask: AskOne): Promise<WhoDidAnswer[]> {
  const answers: WhoDidAnswer[] = []
  for (let at = 0; at < questions.length; at += namesAtOnceMax)
    answers.push(...(await Promise.all(questions.slice(at, at + namesAtOnceMax).map(ask))))
  return answers
}

/** An act that is decided goes before one that is not, and among those the newer. */
function newestFirst(a: WhoDidAnswer, b: WhoDidAnswer): number {
  return rankOf(b) - rankOf(a) || startOf(b).localeCompare(startOf(a))
}

function rankOf({ action, verdict }: WhoDidAnswer): number {
  if (action === null) return 0
  return verdict === 'undetermined' ? 1 : 2
}

function startOf({ action }: WhoDidAnswer): string {
  return action?.started_at ?? ''
}

interface Merged {
  readonly best: WhoDidAnswer
  readonly asTyped: WhoDidAnswer
  readonly answers: readonly WhoDidAnswer[]
}

/** The best answer as one to the question as typed: with the acts under the other names beside it, and the cost of all. */
function merge(question: Question, { best, asTyped, answers }: Merged): WhoDidAnswer {
  const own = answers.filter((answer) => answer !== best).flatMap(asAlternative)
  const all = [...own, ...answers.flatMap(({ alternatives }) => alternatives)]
  const bySpan = new Map(all.map((alternative) => [alternative.span, alternative]))
  bySpan.delete(best.action?.span ?? '')
  const alternatives = [...bySpan.values()]
    .toSorted((a, b) => b.started_at.localeCompare(a.started_at))
    .slice(0, question.limit)
  const sum = (field: 'statements' | 'rows_read' | 'bytes_read' | 'elapsed_ms'): number =>
    answers.reduce((total, { cost }) => total + cost[field], 0)
  const cost = {
    statements: sum('statements'),
    rows_read: sum('rows_read'),
    bytes_read: sum('bytes_read'),
    elapsed_ms: Math.round(sum('elapsed_ms') * 100) / 100,
  }
  return { ...best, question: asTyped.question, alternatives, cost }
}

function asAlternative({ action, verdict, actor }: WhoDidAnswer): WhoDidAnswer['alternatives'] {
  if (action === null) return []
  const { span, verb, outcome, resource, started_at: startedAt } = action
  return [
    {
      span,
      verdict,
      verb,
      outcome,
      resource: resource?.id ?? null,
      actor: actor?.id ?? null,
      started_at: startedAt,
    },
  ]
}

function aliasReason({ person, name, source }: NameOfPerson, { handle }: Question): Reason {
  const [shown, typed, who, list] = [name, handle.value, person, source].map(
    (text) => nameOrNull(text) ?? '',
  )
  return {
    code: 'alias_of',
    text: `“${typed}” and “${shown}”, which is the name on record, are names of the person ${who} (inferred from ${list}).`,
    span: null,
  }
}
