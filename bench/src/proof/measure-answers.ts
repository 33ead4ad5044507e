import { join } from 'node:path'
import { ContentKeys, createContentReader } from '@whodid/content'
import type { Engine } from '@whodid/engine'
import { parseQuestion, whoDid } from '@whodid/query'
import { createSelector } from '@whodid/store'
import type { LogTree, LogTrees } from '@whodid/tlog-posix'
import type { Measure } from '../bench.ts'
import { createSql } from '../ingest/contender.ts'
import { median } from '../percentile.ts'
import type { FilledLog } from './seal-rows.ts'

interface Asked {
  readonly dataDir: string
  readonly asks: number
}

/** Asks about acts here and there, with the trees to hold the answer against and without, taking turns. */
export async function measureAnswers(
  engine: Engine,
  filled: FilledLog,
  { dataDir, asks }: Asked,
): Promise<Measure> {
  const spans = await someActs(engine, asks)
  const keys = await ContentKeys.open(join(dataDir, 'keys'))
  const contents = createContentReader(keys, () => 0n)
  const selector = createSelector({ url: engine.url, ...engine.users.reader })
  const trees = treesOf(filled)
  const seconds: Record<'with' | 'without', number[]> = { with: [], without: [] }
  const states = new Set<string>()
  const ask = async (span: string, withProof: boolean): Promise<void> => {
    const startedMs = performance.now()
    const sources = withProof ? { selector, contents, trees } : { selector, contents }
    const { integrity } = await whoDid(sources, 'default', parseQuestion({ of: `span:${span}` }))
    seconds[withProof ? 'with' : 'without'].push((performance.now() - startedMs) / 1000)
    if (withProof) states.add(integrity.state)
  }
  try {
    for (const [n, span] of spans.entries())
      for (const withProof of n % 2 === 0 ? [true, false] : [false, true])
        await ask(span, withProof)
  } finally {
    await selector.close()
  }
  const measure = {
    name: 'who_did_p50_ratio_with_proof',
    unit: 'ratio',
    of: `median time of ${spans.length} questions, each answer held against the tree / the same questions without`,
  } as const
  if (states.size === 1 && states.has('sealed'))
    return { ...measure, value: median(seconds.with) / median(seconds.without) }
  const why = `answers expected to be sealed; were ${[...states].join(', ') || 'none'}`
  return { ...measure, value: null, why }
}

/** Acts that came through the collector: the text of a copy is not what the copy committed to. */
async function someActs(engine: Engine, count: number): Promise<string[]> {
  const found = await createSql(engine)(
    `SELECT arrayStringConcat(groupArray(span), ' ') FROM (
      SELECT lower(concat(hex(trace_id), '-', hex(span_id))) AS span FROM whodid.actions
      WHERE outcome = 'success' AND trace_id IN (SELECT trace_id FROM whodid.bench_seed) ORDER BY cityHash64(trace_id, span_id) LIMIT ${count})`,
  )
  return found.split(' ').filter((span) => span !== '')
}

function treesOf({ log, note, vkey }: FilledLog): LogTrees {
  const tree: LogTree = {
    origin: log.origin,
    name: log.origin.slice(log.origin.lastIndexOf('/') + 1),
    tiles: log.tiles,
    epochs: [{ vkey, fromSize: 0, toSize: null }],
    checkpoint: () => Promise.resolve(note),
    cosigned: () => Promise.resolve(undefined),
    checkpoints: () => Promise.resolve([note]),
  }
  const byName = (name: string): Promise<LogTree | undefined> =>
    Promise.resolve(name === tree.name || name === tree.origin ? tree : undefined)
  return { all: () => Promise.resolve([tree]), byOrigin: byName, byName }
}
