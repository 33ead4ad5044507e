/*
 * CPU of the write path by stage, one thread, no network and no disk: `npm run build`, then
 * `node bench/micro/write-path.mjs [seconds]`. Prints µs a span a stage, the best of five rounds, along the general path alone and
 * with the fast path where it takes a span, turn by turn; and a digest of the records, which is the same for both and which a
 * change for speed leaves as it was.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRows } from '../../packages/collector/dist/rows/make-rows.js'
import { decodeStream } from '../../packages/collector/dist/otlp/decode.js'
import { RowMaker } from '../../packages/collector/dist/rows/row-maker.js'
import { endOfRow } from '../../packages/collector/dist/rows/made-rows.js'
import { freshRows } from '../../packages/collector/dist/wal/fresh-rows.js'
import { sequenceFrame } from '../../packages/collector/dist/wal/sequence-frame.js'
import { spanBatch } from './span-batches.mjs'

const limits = { elementsMax: 2_000_000, valueDepthMax: 32 }
const client = { name: 'bench', tenant: 'acme', templates: '*', humans: true, services: true }
const context = { client, receivedUnixNs: 1_763_900_000_000_000_000n }
const roundMs = (Number(process.argv[2] ?? 10) * 1000) / 10

/** The same key for every subject, so that the commitments are the same in every run. */
const key = { idHex: '01'.repeat(16), blockKey: Buffer.alloc(32, 1), saltKey: Buffer.alloc(32, 2) }
const keys = { keysFor: async (_, subjects) => new Map([...subjects].map((one) => [one, key])) }

const bodies = Array.from({ length: 16 }, (_, seed) => ({
  bytes: spanBatch(seed),
  encoding: 'protobuf',
  signal: 'spans',
}))
const bytesPerSpan = bodies.reduce((sum, { bytes }) => sum + bytes.length, 0) / (16 * 512)

const stages = ['rows', 'texts', 'frame']
const paths = ['general', 'fast']

async function runOnce(body, path, spent) {
  const marks = [process.hrtime.bigint()]
  const mark = () => marks.push(process.hrtime.bigint())
  const maker = new RowMaker(context, 'bench.invalid/log')
  const finish = maker.finish.bind(maker)
  maker.finish = (some) => {
    mark()
    return finish(some)
  }
  const take = path === 'fast' ? maker.take : undefined
  const { rows } = await makeRows(decodeStream({ ...body, limits, take }), maker, keys)
  mark()
  sequenceFrame([freshRows(rows, () => true)], { nextIndex: 0, lastReceivedUnixNs: 0n })
  mark()
  stages.forEach((stage, at) => (spent[stage] += Number(marks[at + 1] - marks[at])))
  return rows
}

function vectors() {
  const dir = join(import.meta.dirname, '../../test/vectors/otlp')
  const files = readdirSync(dir, { recursive: true }).filter((name) =>
    /\.(?:json|bin)$/u.test(name),
  )
  return files
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => ({
      bytes: readFileSync(join(dir, name)),
      encoding: name.endsWith('.bin') ? 'protobuf' : 'json',
      signal: /logs\.(?:json|bin)$/u.test(name) ? 'logs' : 'spans',
    }))
}

const zero = () => Object.fromEntries([...stages, 'cpu', 'spans'].map((name) => [name, 0]))
for (const path of paths) {
  const digest = createHash('sha256')
  let count = 0
  for (const body of [...bodies, ...vectors()]) {
    const rows = await runOnce(body, path, zero())
    count += rows.starts.length
    // Bodies alone: a block of texts has a random name.
    rows.bodies.forEach((at, row) => digest.update(rows.bytes.subarray(at, endOfRow(rows, row))))
  }
  const hex = digest.digest('hex').slice(0, 16)
  console.log(`${path} records ${count} digest ${hex} bytes/span ${bytesPerSpan.toFixed(0)}`)
}

const best = new Map(paths.map((path) => [path, zero()]))
for (let round = 0; round < 5; round += 1)
  for (const path of paths) {
    const spent = zero()
    const cpu = process.cpuUsage()
    const until = performance.now() + roundMs
    while (performance.now() < until) {
      await runOnce(bodies[(spent.spans / 512) % 16], path, spent)
      spent.spans += 512
    }
    const { user, system } = process.cpuUsage(cpu)
    spent.cpu = (user + system) * 1000
    const kept = best.get(path)
    for (const name of [...stages, 'cpu']) {
      const each = spent[name] / 1000 / spent.spans
      kept[name] = round === 0 ? each : Math.min(kept[name], each)
    }
  }
for (const name of [...stages, 'cpu']) {
  const [general, fast] = paths.map((path) => best.get(path)[name])
  console.log(
    `${name.padEnd(6)} general ${general.toFixed(2)} fast ${fast.toFixed(2)} µs/span, ratio ${(general / fast).toFixed(2)}`,
  )
}
