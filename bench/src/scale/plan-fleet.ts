import { figureOf, logBytesName } from './figures.ts'
import type { Figures } from './figures.ts'
import type { InputValues } from './inputs.ts'

/** What one span, one question and one core are worth: the benches' figures in the simulation's units. */
export interface Costs {
  /** CPU seconds of a span in the collector, and in one replica of the engine. */
  readonly collectorCpu: number
  readonly engineCpu: number
  /** CPU seconds of a question in the API, and in one engine. */
  readonly apiCpu: number
  readonly questionCpu: number
  /**
   * Of a core's time the share that the bench's machine was able to use for spans at the load that it sustained: the rest went to the sender,
   * to waiting and to merges that came in lumps. No core of the fleet is planned to do more.
   */
  readonly usableShare: number
  /** Bytes of a span: as it comes, in the log, between collector and engine, in the engine, in the tree. */
  readonly bodyBytes: number
  readonly logBytes: number
  readonly rowBytes: number
  readonly storedBytes: number
  readonly treeBytes: number
  /** From acknowledgement to queryable, 99th percentile, of one collector. */
  readonly freshSeconds: number
  readonly verifiedPerCpuSecond: number
}

/** How many of what. */
export interface Fleet {
  /** Processes, of one core each, these two. */
  readonly collectors: number
  readonly apis: number
  readonly shards: number
  /** Seconds between two inserts of a collector: each goes to every shard. */
  readonly insertSeconds: number
}

/** The load of a day. */
export interface Load {
  readonly spansPerDay: number
  /** In the busiest hour. */
  readonly spansPerSecond: number
  readonly questionsPerSecond: number
}

const daySeconds = 86_400
/** Seconds between two inserts of a busy collector that need not wait for others. */
const insertSecondsMin = 1

/** Brings the benches' figures into the simulation's units. */
export function costsOf(figures: Figures): Costs {
  const ingest = (name: Parameters<typeof figureOf>[2]): number => figureOf(figures, 'ingest', name)
  const collectorCpu = ingest('cpu_us_per_span_collector') / 1e6
  const engineCpu = ingest('cpu_us_per_span_engine') / 1e6
  const rowBytes = figureOf(figures, 'proof', 'verify_row_bytes')
  const sustained = ingest('whodid_sustained_spans_per_second')
  return {
    collectorCpu,
    engineCpu,
    apiCpu: figureOf(figures, 'ask', 'api_cpu_ms_per_question') / 1e3,
    questionCpu: figureOf(figures, 'ask', 'engine_cpu_ms_per_question') / 1e3,
    usableShare: Math.min(1, (sustained * (collectorCpu + engineCpu)) / figures.ingest.cores),
    bodyBytes: ingest('body_bytes_per_span'),
    // Where no run has measured it, the log is taken to hold rows.
    logBytes: figures.ingest.values[logBytesName] ?? rowBytes,
    rowBytes,
    storedBytes: ingest('whodid_stored_bytes_per_span'),
    treeBytes: ingest('whodid_tree_bytes_per_span'),
    freshSeconds: ingest('ack_to_queryable_p99_s'),
    verifiedPerCpuSecond: figureOf(figures, 'proof', 'verify_rows_per_cpu_second'),
  }
}

/** The load that so many agents make. */
export function loadOf(inputs: InputValues, agents: number): Load {
  const spansPerDay = agents * inputs.spans_per_agent_day
  const questionsPerDay = agents * inputs.questions_per_agent_day
  return {
    spansPerDay,
    spansPerSecond: (spansPerDay / daySeconds) * inputs.peak_to_mean,
    questionsPerSecond: (questionsPerDay / daySeconds) * inputs.peak_to_mean,
  }
}

/** Spans that one collector takes in a second, and one shard. */
export function spansPerCollector({ usableShare, collectorCpu }: Costs): number {
  return usableShare / collectorCpu
}

/** Spans that one replica of a shard stores in a second beside the questions that it answers; each replica stores them all. */
export function spansPerShard(
  { usableShare, engineCpu, questionCpu }: Costs,
  { engine_vcpus: cores }: InputValues,
  questionsPerSecond: number,
): number {
  return Math.max(0, cores * usableShare - questionsPerSecond * questionCpu) / engineCpu
}

/** The smallest fleet that takes the busiest hour with a zone away, and holds the hot days on its disks. */
export function planFleet(costs: Costs, inputs: InputValues, agents: number): Fleet {
  const load = loadOf(inputs, agents)
  const { zones } = inputs
  const inOneZoneLess = (needed: number): number => (needed * zones) / Math.max(1, zones - 1)
  const collectors = Math.ceil(inOneZoneLess(load.spansPerSecond / spansPerCollector(costs)))
  const engineCpuSeconds =
    load.spansPerSecond * costs.engineCpu + load.questionsPerSecond * costs.questionCpu
  const shards = Math.max(
    1,
    Math.ceil(engineCpuSeconds / (inputs.engine_vcpus * costs.usableShare)),
    Math.ceil(
      hotBytes(costs, inputs, load) / (inputs.engine_disk_tb * 1e12 * inputs.disk_share_max),
    ),
  )
  const insertSeconds = Math.max(insertSecondsMin, collectors / inputs.parts_per_second_max)
  const apiCores = (load.questionsPerSecond * costs.apiCpu) / costs.usableShare
  const apis = Math.max(1, Math.ceil(inOneZoneLess(apiCores)))
  return { collectors: Math.max(1, collectors), apis, shards, insertSeconds }
}

/** Bytes of one copy of the hot days. */
export function hotBytes({ storedBytes }: Costs, inputs: InputValues, load: Load): number {
  return load.spansPerDay * inputs.hot_days * storedBytes
}
