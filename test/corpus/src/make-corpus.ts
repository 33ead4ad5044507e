import { seededChance } from './chance.ts'
import { corpusExporters } from './corpus-exporter.ts'
import type { CorpusExporter, ExporterName } from './corpus-exporter.ts'
import { encodeRequest } from './encode-request.ts'
import { closeQuestion, Scene } from './scene.ts'
import type { Emission } from './scene.ts'
import { milliseconds, spanRefOf } from './sim-span.ts'
import type { SimSpan } from './sim-span.ts'
import { situations } from './situations.ts'
import type { CorpusQuestion } from './truth.ts'

/** One OTLP request, as it reaches the collector. */
export interface CorpusRequest {
  readonly exporter: ExporterName
  readonly token: string
  readonly contentType: 'application/json' | 'application/x-protobuf'
  readonly body: Buffer
  /** What the body holds. */
  readonly spans: readonly SimSpan[]
  /** The collector's clock when it comes, in nanoseconds since 1970. */
  readonly arriveNs: bigint
}

/** What happened in the simulated organisation, what of it reached the collector, and what to ask. */
export interface Corpus {
  /** In the order of arrival. */
  readonly requests: readonly CorpusRequest[]
  readonly questions: readonly CorpusQuestion[]
  readonly exporters: readonly CorpusExporter[]
  readonly spanCount: number
}

/** The morning on which it all happens. */
const beginsNs = BigInt(Date.UTC(2026, 10, 2, 8)) * 1_000_000n
const lastsMs = 6 * 3_600_000
const batchNs = milliseconds(5_000)
const spansPerRequestMax = 64

/**
 * Simulates the organisation: every variation of every situation, `rounds` times, mixed in time and on shared resources.
 * The same seed and rounds give the same corpus, byte for byte.
 */
export function makeCorpus(seed: number, rounds: number): Corpus {
  const chance = seededChance(seed)
  const scenes = situations.flatMap((situation) =>
    situation.variations.flatMap((play, variation) =>
      Array.from({ length: rounds }, (_, round) => {
        const scene = new Scene({
          id: `${situation.name}/${variation + 1}.${round + 1}`,
          situation: situation.name,
          chance,
          startNs: beginsNs + milliseconds(chance.int(lastsMs)),
        })
        play(scene)
        return scene
      }),
    ),
  )
  const emissions = scenes.flatMap(({ record }) => record.emissions)
  const arrived = new Set(emissions.map(({ span }) => spanRefOf(span)))
  return {
    requests: corpusExporters
      .flatMap((exporter) => requestsOf(exporter, emissions))
      .toSorted((a, b) => Number(a.arriveNs - b.arriveNs)),
    questions: scenes.flatMap(({ record }) =>
      record.questions.map((question) => closeQuestion(question, record, arrived)),
    ),
    exporters: corpusExporters,
    spanCount: emissions.length,
  }
}

/** What one exporter sends: what arrives within five seconds goes together, as a batch processor would have it. */
function requestsOf(exporter: CorpusExporter, emissions: readonly Emission[]): CorpusRequest[] {
  const own = emissions
    .filter(({ by }) => by === exporter.name)
    .toSorted((a, b) => Number(a.arriveNs - b.arriveNs))
  const requests: CorpusRequest[] = []
  let batch: SimSpan[] = []
  let endsNs = 0n
  const flush = (): void => {
    if (batch.length === 0) return
    requests.push({
      exporter: exporter.name,
      token: exporter.token,
      contentType: exporter.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      body: encodeRequest(batch, exporter.encoding),
      spans: batch,
      arriveNs: endsNs,
    })
    batch = []
  }
  for (const { span, arriveNs } of own) {
    if (arriveNs > endsNs || batch.length >= spansPerRequestMax) {
      flush()
      endsNs = arriveNs + batchNs
    }
    batch.push(span)
  }
  flush()
  return requests
}
