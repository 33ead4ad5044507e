import type { CorpusRequest } from '@whodid/corpus'
import type { BenchSpan } from '../ingest/agent-run.ts'
import { encodeSpans } from '../ingest/encode-spans.ts'
import type { SpanBatch } from '../ingest/encode-spans.ts'
import { mixRuns } from '../ingest/make-batches.ts'
import { stampBatch } from '../ingest/stamp-batch.ts'

/** Agents' runs that fill a ledger: requests that are sent over and over, each time under IDs, hashes and times of their own. */
export interface LedgerRuns {
  /** What each request holds, as it is in its first pass. */
  readonly spans: readonly (readonly BenchSpan[])[]
  /** The requests `from` to `to` - 1 of an endless series, each made as it is read. */
  requests(range: RunsRange): Iterable<Omit<CorpusRequest, 'spans'>>
}

/** Which requests, and when the first of the series comes. */
export interface RunsRange {
  readonly from: number
  readonly to: number
  readonly beginUnixNs: bigint
}

/** The exporter that sends them. */
export const runsExporter = {
  name: 'fleet',
  token: 'agent-runs',
  templates: '*',
  humans: true,
  services: true,
  encoding: 'protobuf',
} as const

const seed = 7
const batches = 40
/** A request every 26 s: 100 million spans take two months of the ledger's time. */
const stepNs = 26_000_000_000n
/** From the last span's end to the request. */
const onTheWayNs = 1_000_000_000n

/** Makes the runs: the same ones each time, but for their times. */
export function makeLedgerRuns(): LedgerRuns {
  const spans = mixRuns(seed, batches)
  let encoded: readonly SpanBatch[] | undefined
  return {
    spans,
    requests: function* requests({ from, to, beginUnixNs }) {
      encoded ??= spans.map(encodeSpans)
      for (let turn = from; turn < to; turn += 1) {
        const { index, pass } = placeOf(turn)
        const batch = encoded[index]
        if (batch === undefined) return
        const arriveNs = beginUnixNs + BigInt(turn) * stepNs
        stampBatch(batch, { pass, endUnixNs: arriveNs - onTheWayNs })
        const { token } = runsExporter
        const contentType = 'application/x-protobuf' as const
        yield { exporter: 'fleet', token, contentType, body: batch.body, arriveNs }
      }
    },
  }
}

/** Which of the requests a turn of the series is, and in which pass over them. */
export function placeOf(turn: number): { readonly index: number; readonly pass: number } {
  return { index: turn % batches, pass: Math.floor(turn / batches) }
}
