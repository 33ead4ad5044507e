import { agent, flush, plan, prompt, shutdown, start, tool } from '@whodid/sdk'
import type { BenchOptions, Measure } from '../bench.ts'
import { median, spreadOf } from '../percentile.ts'
import { bareTracer } from './bare-tracer.ts'
import { measureBlocks } from './measure-blocks.ts'
import type { Block, Subject, ToolCallShape } from './measure-blocks.ts'
import { startSink } from './start-sink.ts'

/** Below the 512 at which either side would send by itself. */
const callsPerBlock = 400
const intentsPerBlock = 50
const warmUpBlocks = 12
const blocksQuick = 6
const blocksFull = 120
/** Ratios are of so many blocks together: of one alone, a garbage collection decides. */
const blocksPerGroup = 12

const call: ToolCallShape = {
  tool: 'read_customer',
  resource: 'db:row:shop/customers/42',
  args: { table: 'customers', where: { id: 42 }, columns: ['id', 'name', 'email', 'plan'] },
  body: () => Promise.resolve(call.args),
}

/**
 * What a recorded tool call costs the agent's process, beside a span of OpenTelemetry JS with the same attributes: both
 * with their real exporters, to one sink in a process of its own, in alternation.
 */
export async function runSdk({ quick, say }: BenchOptions): Promise<readonly Measure[]> {
  const sink = await startSink()
  const bare = bareTracer(`${sink.url}/bare/v1/traces`, call)
  start({
    endpoint: `${sink.url}/sdk`,
    agent: { template: 'support-refunds', name: 'Refund assistant', version: '3.2.0' },
    exitHooks: false,
    intentTimeoutMs: 60_000,
    limits: { scheduledDelayMs: 3_600_000 },
  })
  try {
    const blocks = quick ? blocksQuick : blocksFull
    return await agent({ onBehalfOf: 'dev@acme.example' }, async () => {
      await prompt('Refund the last order of customer 42.', { origin: 'human' })
      await plan('1. Read the customer. 2. Refund.')
      const calls = [whodid, bare]
      await measureBlocks(calls, { blocks: warmUpBlocks, callsPerBlock })
      say('warm')
      const before = await sink.counted()
      const taken = await measureBlocks(calls, { blocks, callsPerBlock })
      const after = await sink.counted()
      say(`${blocks} blocks of ${callsPerBlock} calls each`)
      await measureBlocks([changing], { blocks: 2, callsPerBlock: intentsPerBlock })
      const intents = await measureBlocks([changing], { blocks, callsPerBlock: intentsPerBlock })
      const bytes = (side: string): number => (after[side] ?? 0) - (before[side] ?? 0)
      return measures({
        whodid: taken.get('whodid') ?? [],
        bare: taken.get('bare') ?? [],
        changing: intents.get('changing') ?? [],
        bytesRatio: bytes('sdk') / bytes('bare'),
      })
    })
  } finally {
    await shutdown()
    await bare.stop()
    await sink.stop()
  }
}

const { resource, args } = call

const whodid: Subject = {
  name: 'whodid',
  call: async () => {
    await tool(call.tool, { verb: 'read', resource, arguments: args }, call.body)
  },
  flush: () => flush(),
  stop: () => Promise.resolve(),
}

/** The same call with a verb that changes something: it waits until the collector has its intent. */
const changing: Subject = {
  ...whodid,
  name: 'changing',
  call: async () => {
    await tool(call.tool, { verb: 'update', resource, arguments: args }, call.body)
  },
}

interface Taken {
  readonly whodid: readonly Block[]
  readonly bare: readonly Block[]
  readonly changing: readonly Block[]
  readonly bytesRatio: number
}

function measures({ whodid: ours, bare, changing: intents, bytesRatio }: Taken): Measure[] {
  const sent = ({ sent: seconds }: Block): number => seconds
  const made = ({ made: seconds }: Block): number => seconds
  const bareSpan = (sum(bare, sent) / (bare.length * callsPerBlock)) * 1e6
  return [
    ratio(
      'span_cpu_ratio_to_bare_otel',
      'CPU of a recorded tool call that reads, with its export / of a bare OpenTelemetry span with the same attributes, batch processor and OTLP/protobuf exporter',
      grouped(ours, bare, sent),
    ),
    ratio(
      'span_cpu_ratio_to_bare_otel_unexported',
      'the same until the call returns, before anything is sent',
      grouped(ours, bare, made),
    ),
    {
      name: 'intent_call_cpu_ratio_to_bare_otel',
      value: ((sum(intents, sent) / (intents.length * intentsPerBlock)) * 1e6) / bareSpan,
      unit: 'ratio',
      of: 'CPU of a tool call that changes something: two records, and a request of its own whose answer it waits for / the same bare span in its batch',
    },
    {
      name: 'wire_bytes_ratio_to_bare_otel',
      value: bytesRatio,
      unit: 'ratio',
      of: 'bytes sent for a call: near 1, because both spans say the same',
    },
    {
      name: 'bare_otel_cpu_per_million',
      value: bareSpan,
      unit: 's/million',
      of: 'a bare span with its export: what the ratios are of',
    },
  ]
}

function ratio(name: string, of: string, values: readonly number[]): Measure {
  return { name, value: median(values), unit: 'ratio', of, spread: spreadOf(values) }
}

function grouped(
  ours: readonly Block[],
  theirs: readonly Block[],
  value: (block: Block) => number,
): number[] {
  const size = Math.min(blocksPerGroup, ours.length)
  return Array.from({ length: Math.floor(ours.length / size) }, (_, group) => {
    const part = (of: readonly Block[]): Block[] => of.slice(group * size, (group + 1) * size)
    return sum(part(ours), value) / sum(part(theirs), value)
  })
}

function sum(blocks: readonly Block[], value: (block: Block) => number): number {
  return blocks.reduce((total, block) => total + value(block), 0)
}
