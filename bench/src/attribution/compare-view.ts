import type { WhoDidAnswer } from '@whodid/model'
import { parseQuestion } from '@whodid/query'
import type { RawQuestion } from '@whodid/query'
import type { Selector } from '@whodid/store'
import type { Scored } from './score-corpus.ts'

/** How the view `whodid.who_did_when` stands beside the API. */
export interface Compared {
  readonly asked: number
  /** A line for each question of which the view says something that the API does not. */
  readonly surer: readonly string[]
  /** Verdicts that the API gives, and of these the ones that the view leaves open. */
  readonly decided: number
  readonly leftOpen: number
}

const askersAtOnce = 2

/** Asks the view what the API was asked: once of each act, under a name that it shares with others where it has one. */
export async function compareView(
  selector: Selector,
  scored: readonly Scored[],
): Promise<Compared> {
  const namedFirst = scored.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)))
  const questions = new Map(namedFirst.map((each) => [actOf(each), each]))
  const surer: string[] = []
  let decided = 0
  let leftOpen = 0
  const waiting = questions.values()
  const asker = async (): Promise<void> => {
    for (const { question, answer } of waiting) {
      const told = await askView(selector, question)
      if (answer.verdict !== 'undetermined') decided += 1
      if (answer.verdict !== 'undetermined' && told.verdict === 'undetermined') leftOpen += 1
      const own = ownAnswer(answer)
      const more = claims.filter((claim) => told[claim] !== own[claim] && !isOpen(told, claim))
      if (more.length > 0)
        surer.push(`${question.id} ${question.of}: ${JSON.stringify({ more, told, own })}`)
    }
  }
  await Promise.all(Array.from({ length: askersAtOnce }, asker))
  return { asked: questions.size, surer, decided, leftOpen }
}

function isNamed({ question }: Scored): boolean {
  return /^(?:span|action):/u.test(question.of)
}

/** Where no act may be named, each question is its own. */
function actOf({ question }: Scored): string {
  return question.subjects.length === 0 ? question.id : question.subjects.join()
}

const claims = ['verdict', 'actor_id', 'instance', 'template', 'delegator', 'span'] as const

/** What says nothing is never wrong: an act is only shown, where nobody is named. */
function isOpen(told: ViewAnswer, claim: (typeof claims)[number]): boolean {
  return claim === 'verdict' || claim === 'span'
    ? told.verdict === 'undetermined'
    : told[claim] === ''
}

/** What is said of an act; '' where nothing is. */
interface ViewAnswer {
  readonly verdict: string
  readonly actor_id: string
  readonly instance: string
  readonly template: string
  readonly delegator: string
  /** `<trace>-<span>` of the act. */
  readonly span: string
}

/** The API's answer in the words of the view, which names a delegator of agents only. */
function ownAnswer({ verdict, actor, agent, delegator, action }: WhoDidAnswer): ViewAnswer {
  return {
    verdict,
    actor_id: actor?.id ?? '',
    instance: agent?.instance?.id ?? '',
    template: agent?.template?.id ?? '',
    delegator: delegator?.id ?? '',
    span: action?.span ?? '',
  }
}

/** Its parameters are bound as the values of a question, never part of its text. */
async function askView(selector: Selector, asked: RawQuestion): Promise<ViewAnswer> {
  const { handle } = parseQuestion(asked)
  const { rows } = await selector.select<ViewAnswer>({
    sql: `SELECT verdict, actor_id, instance, template, delegator, trail[1].key AS span
FROM whodid.who_did_when(kind = {kind:String}, id = {id:String}, since = {since:String}, until = {until:String}, verb = {verb:String})`,
    parameters: {
      kind: handle.kind,
      id: handle.value,
      since: '1900-01-01 00:00:00',
      until: asked.at?.replace('T', ' ').replace('Z', '') ?? '2262-04-11 00:00:00',
      verb: asked.verb ?? '',
    },
    tenant: 'default',
  })
  const [row] = rows
  if (row === undefined) throw new Error('the view gave no row')
  return row
}
