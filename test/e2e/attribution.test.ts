import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TemplatesAnswer } from '@whodid/model'
import { agentTemplates, makeCorpus, situations } from '@whodid/corpus'
import { askAsRecorded } from '../../bench/src/attribution/ask-as-recorded.ts'
import type { AskedAsRecorded } from '../../bench/src/attribution/ask-as-recorded.ts'
import { compareView } from '../../bench/src/attribution/compare-view.ts'
import { startOrganisation } from '../../bench/src/attribution/organisation.ts'
import { faults, scoreCorpus } from '../../bench/src/attribution/score-corpus.ts'
import { scoreInputs } from '../../bench/src/attribution/score-inputs.ts'
import { trueInventory } from '../../bench/src/attribution/score-inventory.ts'
import { claims, tally } from '../../bench/src/attribution/tally.ts'

const seed = 1
const corpus = makeCorpus(seed, 1)

/** Variations that are answered wrongly or left open where they need not be. It only gets shorter. */
const unsolved: readonly string[] = []

let scored: Awaited<ReturnType<typeof scoreCorpus>> = []
let told: ReturnType<typeof tally>
let compared: Awaited<ReturnType<typeof compareView>>
let recorded: AskedAsRecorded[] = []
let inventory: TemplatesAnswer

/** Situations in which records come late. */
const lateSituations: ReadonlySet<string> = new Set(['late', 'out-of-order', 'inputs'])

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-corpus-'))
  try {
    const organisation = await startOrganisation(dataDir, corpus)
    try {
      scored = await scoreCorpus(organisation, corpus)
      recorded = await askAsRecorded(organisation, corpus, lateSituations)
      inventory = (await organisation.get('/v1/templates', {
        from: '2026-11-02T00:00:00Z',
      })) as TemplatesAnswer
      compared = await compareView(organisation.selector, scored)
    } finally {
      await organisation.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
  told = tally(scored.filter(({ question }) => isSolved(question.id)).map(({ marks }) => marks))
}, 1_800_000)

function isSolved(id: string): boolean {
  return !unsolved.includes(id.split('.')[0] ?? '')
}

describe('the labelled corpus', () => {
  test('has every situation, in six variations at least, asked in more than one way', () => {
    const names = situations.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(26)
    for (const { name, variations } of situations) {
      expect(variations.length, name).toBeGreaterThanOrEqual(6)
      const asked = corpus.questions.filter(({ situation }) => situation === name)
      expect(asked.length, name).toBeGreaterThan(variations.length)
    }
    expect(corpus.questions.length).toBeGreaterThan(450)
    expect(new Set(corpus.questions.map(({ id }) => id)).size).toBe(corpus.questions.length)
  })

  test('is the same for the same seed, and another for another', () => {
    const again = makeCorpus(seed, 1)
    expect(again.questions).toEqual(corpus.questions)
    expect(again.requests).toEqual(corpus.requests)
    expect(makeCorpus(seed + 1, 1).requests).not.toEqual(corpus.requests)
  })

  test('mixes the cases in time, in both encodings, from many senders', () => {
    const senders = new Set(corpus.requests.map(({ exporter }) => exporter))
    expect(senders.size).toBe(corpus.exporters.length)
    expect(new Set(corpus.requests.map(({ contentType }) => contentType)).size).toBe(2)
    expect(corpus.spanCount).toBeGreaterThan(900)
  })

  test('says of what cannot be known why not', () => {
    const lacking = corpus.questions.flatMap(({ truth }) =>
      Object.values(truth.evidence).filter(({ is }) => is !== 'suffices'),
    )
    expect(lacking.length).toBeGreaterThan(100)
    for (const { why } of lacking) expect(why).toMatch(/\w+ \w+ \w+/u)
  })
})

describe('the answers to it', () => {
  test.each(claims)('give no wrong %s', (claim) => {
    const { given, right } = told.claims[claim]
    expect(faultsAbout(claim)).toEqual([])
    expect(right).toBe(given)
    expect(given).toBeGreaterThan(250)
  })

  test.each(claims)('leave out no %s that is known', (claim) => {
    const { sought, found } = told.claims[claim]
    expect(found / sought, faultsAbout('').join('\n')).toBeGreaterThanOrEqual(0.99)
  })

  test('decide what can be decided', () => {
    expect(told.decidable).toBeGreaterThan(380)
    expect(told.decided / told.decidable, faultsAbout('').join('\n')).toBeGreaterThanOrEqual(0.95)
  })

  test('leave the rest open, and say why', () => {
    const open = scored.filter(({ marks }) => !marks.verdict.given)
    expect(open.length).toBeGreaterThan(30)
    for (const { question, answer } of open) {
      expect(answer.actor, question.id).toBeNull()
      expect(answer.reasons[0]?.text.length, question.id).toBeGreaterThan(20)
    }
  })

  test('have no unsolved case that is solved', () => {
    const wrong = claims.slice(0, 3)
    const failing = scored.filter(
      ({ marks }) =>
        wrong.some((claim) => marks[claim].given && !marks[claim].right) ||
        (marks.decidable && !marks.verdict.given),
    )
    const variations = new Set(failing.map(({ question }) => question.id.split('.')[0] ?? ''))
    expect(unsolved.filter((name) => !variations.has(name))).toEqual([])
  })
})

describe('what entered the context before the act', () => {
  test('is told whole, in order and with its trust, and nothing that came later or belongs to others', () => {
    const { faults: wrong, sought } = scoreInputs(scored)
    expect(wrong).toEqual([])
    expect(sought).toBeGreaterThan(30)
  })
})

describe('as recorded', () => {
  test('before the last receipt, an answer shows nothing of what had not come', () => {
    expect(recorded.length).toBeGreaterThan(40)
    expect(
      recorded.flatMap(({ question, foreseen }) => (foreseen.length > 0 ? [question.id] : [])),
    ).toEqual([])
  })

  test('from then on, it shows it and is right', () => {
    const after = recorded.map((each) => each.after)
    expect(faults(after)).toEqual([])
    expect(scoreInputs(after).faults).toEqual([])
  })
})

describe('the inventory', () => {
  test('has of each template the instances, delegators and tools of those who may speak for it, no more', () => {
    const told = inventory.templates
      .filter(({ id }) => (agentTemplates as readonly string[]).includes(id))
      .map(({ id, instances_total, instances, delegators, tools }) => ({
        template: id,
        instances: instances_total,
        newest: instances.map((instance) => instance.id),
        delegators,
        tools,
      }))
    expect(told).toEqual(trueInventory(corpus, agentTemplates))
  })
})

describe('the view in SQL', () => {
  test('is never sure of something else than the API', () => {
    expect(compared.surer).toEqual([])
    expect(compared.asked).toBeGreaterThan(150)
  })

  test('decides nearly all of what the API decides, and leaves open where senders contend', () => {
    expect(compared.leftOpen / compared.decided).toBeLessThan(0.1)
  })
})

function faultsAbout(claim: string): string[] {
  return faults(scored.filter(({ question }) => isSolved(question.id))).filter((line) =>
    new RegExp(`WRONG [a-z,]*${claim}`, 'u').test(line),
  )
}
