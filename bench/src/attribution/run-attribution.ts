import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { makeCorpus } from '@whodid/corpus'
import type { Claim } from '@whodid/corpus'
import type { BenchOptions, Measure } from '../bench.ts'
import { inBenchDir } from '../ingest/in-bench-dir.ts'
import { withScoreTable } from './score-table.ts'
import { startOrganisation } from './organisation.ts'
import { faults, scoreCorpus } from './score-corpus.ts'
import { claims, share, tally } from './tally.ts'

/** The corpus of the table. */
const seed = 20_261_122
const rounds = 2
const roundsQuick = 1
const page = fileURLToPath(new URL('../../../docs/ATTRIBUTION.md', import.meta.url))

/**
 * Scores the answers to the labelled corpus: real collector, real engine, the API over HTTP. Everything but the time it
 * takes is the same in every run. Names each fault; a whole run writes the table into docs/ATTRIBUTION.md.
 */
export async function runAttribution({ quick, say }: BenchOptions): Promise<readonly Measure[]> {
  const corpus = makeCorpus(seed, quick ? roundsQuick : rounds)
  say(`${corpus.spanCount} spans in ${corpus.requests.length} requests`)
  const scored = await inBenchDir(async (dataDir) => {
    const organisation = await startOrganisation(dataDir, corpus)
    try {
      say(`${corpus.questions.length} questions`)
      return await scoreCorpus(organisation, corpus)
    } finally {
      await organisation.stop()
    }
  })
  for (const fault of faults(scored)) say(fault)
  if (!quick) await writeFile(page, withScoreTable(await readFile(page, 'utf8'), scored))
  const told = tally(scored.map(({ marks }) => marks))
  const counted = (name: string, value: number, of: string): Measure => ({
    name,
    value,
    unit: 'count',
    of,
  })
  return [
    ...claims.map((claim) => precision(claim, told.claims[claim])),
    measure(
      'decided_share',
      share(told.decided, told.decidable),
      'of the questions whose evidence suffices, those answered',
    ),
    ...claims.map((claim) => recall(claim, told.claims[claim])),
    measure(
      'undetermined_share',
      share(told.undetermined, told.questions),
      'of all questions, those left open',
    ),
    counted('questions', told.questions, 'questions asked'),
    counted('decidable', told.decidable, 'questions whose evidence suffices for a verdict'),
  ]
}

function precision(claim: Claim, told: { given: number; right: number }): Measure {
  return measure(
    `${claim}_precision`,
    share(told.right, told.given),
    `of each ${claim} that was given, those that are right and had the evidence`,
  )
}

function recall(claim: Claim, told: { sought: number; found: number }): Measure {
  return measure(
    `${claim}_recall`,
    share(told.found, told.sought),
    `of each ${claim} whose evidence suffices, those given and right`,
  )
}

function measure(name: string, value: number | null, of: string): Measure {
  return value === null
    ? { name, value, unit: 'share', of, why: 'there was none' }
    : { name, value, unit: 'share', of }
}
