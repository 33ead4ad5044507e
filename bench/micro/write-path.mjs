/*
 * CPU of the write path by stage, one thread, no network and no disk: `npm run build`, then
 * `node bench/micro/write-path.mjs [seconds]`. Prints µs a span a stage, the best of five rounds, and a digest of the
 * records: a change for speed leaves the digest as it was.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeFresh } from '../../packages/collector/dist/wal/fresh-rows.js'
import { sequenceFrame } from '../../packages/collector/dist/wal/sequence-frame.js'
import { normalize } from '../../packages/collector/dist/normalize/normalize.js'
import { decodeStream } from '../../packages/collector/dist/otlp/decode.js'
import { redact } from '../../packages/collector/dist/normalize/redact.js'
import { finishRecord } from '../../packages/collector/dist/normalize/finish-record.js'
import { spanBatch } from './span-batches.mjs'

const limits = { elementsMax: 2_000_000, valueDepthMax: 32 }
const client = { name: 'bench', tenant: 'acme', templates: '*', humans: true, services: true }
const context = { client, receivedUnixNs: 1_763_900_000_000_000_000n }
const roundMs = (Number(process.argv[2] ?? 5) * 1000) / 5

const bodies = Array.from({ length: 16 }, (_, seed) => ({
  bytes: spanBatch(seed),
  encoding: 'protobuf',
  signal: 'spans',
}))
const bytesPerSpan = bodies.reduce((sum, { bytes }) => sum + bytes.length, 0) / (16 * 512)

const stages = ['records', 'rows', 'frame']

function runOnce(body, spent) {
  const marks = [process.hrtime.bigint()]
  const mark = () => marks.push(process.hrtime.bigint())
  const records = []
  normalize(decodeStream({ ...body, limits }), context, (draft) => {
    records.push(finishRecord(redact(draft)))
  })
  mark()
  const fresh = encodeFresh('bench.invalid/log', records, () => true)
  mark()
  const { parts } = sequenceFrame(fresh, { nextIndex: 0, lastReceivedUnixNs: 0n })
  mark()
  stages.forEach((stage, at) => (spent[stage] += Number(marks[at + 1] - marks[at])))
  return { records, parts }
}

function vectors() {
  const dir = join(import.meta.dirname, '../../test/vectors/otlp')
  const files = readdirSync(dir, { recursive: true }).filter((name) => name.endsWith('.json'))
  return files
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => ({
      bytes: readFileSync(join(dir, name)),
      encoding: 'json',
      signal: name.endsWith('logs.json') ? 'logs' : 'spans',
    }))
}

const zero = () => Object.fromEntries(stages.map((stage) => [stage, 0]))
const digest = createHash('sha256')
let recordCount = 0
for (const body of [...bodies, ...vectors()]) {
  const { records, parts } = runOnce(body, zero())
  recordCount += records.length
  digest.update(
    JSON.stringify(records, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  )
  for (const part of parts) digest.update(part)
}
console.log(
  `records ${recordCount} digest ${digest.digest('hex').slice(0, 16)} bytes/span ${bytesPerSpan.toFixed(0)}`,
)

const best = zero()
let bestTotal = Infinity
for (const stage of stages) best[stage] = Infinity
for (let round = 0; round < 5; round += 1) {
  const spent = zero()
  let spans = 0
  const cpu = process.cpuUsage()
  const until = performance.now() + roundMs
  while (performance.now() < until) {
    runOnce(bodies[(spans / 512) % 16], spent)
    spans += 512
  }
  const { user, system } = process.cpuUsage(cpu)
  for (const stage of stages) best[stage] = Math.min(best[stage], spent[stage] / 1000 / spans)
  bestTotal = Math.min(bestTotal, (user + system) / spans)
}
for (const stage of stages) console.log(`${stage.padEnd(10)} ${best[stage].toFixed(2)} µs/span`)
console.log(`${'total CPU'.padEnd(10)} ${bestTotal.toFixed(2)} µs/span`)
