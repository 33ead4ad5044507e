import type { Corpus, CorpusQuestion } from '@whodid/corpus'
import type { WhoDidAnswer } from '@whodid/model'
import type { Organisation } from './organisation.ts'
import { scoreAnswer } from './score-answer.ts'
import type { Marks } from './score-answer.ts'
import { claims } from './tally.ts'

/** A question, its answer, and how it stands against the truth. */
export interface Scored {
  readonly question: CorpusQuestion
  readonly answer: WhoDidAnswer
  readonly marks: Marks
}

const askersAtOnce = 4

/** Asks every question of a corpus, a few at a time, and scores the answers. */
export async function scoreCorpus(
  organisation: Organisation,
  { questions }: Corpus,
): Promise<Scored[]> {
  const scored: Scored[] = []
  const waiting = questions.entries()
  const asker = async (): Promise<void> => {
    for (const [index, question] of waiting) {
      const { of, at, verb } = question
      const answer = await organisation.ask({ of, at, verb })
      scored[index] = { question, answer, marks: scoreAnswer(question, answer) }
    }
  }
  await Promise.all(Array.from({ length: askersAtOnce }, asker))
  return scored
}

/** One line for each answer that says what it should not, or leaves open what it could say. */
export function faults(scored: readonly Scored[]): string[] {
  return scored.flatMap((each) => {
    const { question, marks } = each
    const wrong = claims.filter((claim) => marks[claim].given && !marks[claim].right)
    const missed = claims.filter((claim) => marks[claim].sought && !marks[claim].given)
    if (wrong.length === 0 && missed.length === 0) return []
    const what = [
      wrong.length > 0 ? `WRONG ${wrong.join(',')}` : '',
      missed.length > 0 ? `missed ${missed.join(',')}` : '',
    ]
    const why = wrong.flatMap((claim) => {
      const evidence = question.truth.evidence[claim]
      return evidence.is === 'lacks' ? [`${claim}: ${evidence.why}`] : []
    })
    return [
      [question.id, ...what.filter((part) => part !== ''), ...saidAndTrue(each), ...why].join(
        ' · ',
      ),
    ]
  })
}

function saidAndTrue({ question, answer }: Scored): string[] {
  const { truth, subjects } = question
  const codes = answer.reasons.map(({ code }) => code).join(',')
  const about = answer.action?.span
  return [
    `of=${question.of} at=${question.at ?? ''}`,
    about === undefined || subjects.includes(about) ? '' : `of ANOTHER ACT ${about}`,
    `said ${answer.verdict} ${answer.actor?.id ?? ''} for ${answer.delegator?.id ?? 'nobody'} (${codes})`,
    `true ${truth.verdict} ${truth.instance ?? truth.who ?? ''} for ${truth.delegator?.id ?? 'nobody'}`,
  ].filter((part) => part !== '')
}
