import { formatTlogProof, proveInclusion } from '@whodid/tlog'
import type { Measure } from '../bench.ts'
import { median } from '../percentile.ts'
import { seededRandom } from '../random.ts'
import type { FilledLog } from './seal-rows.ts'

const proofs = 200

/** Makes proofs of records here and there, from the tiles on the disk. */
export async function measureProofs({ log, note, rows }: FilledLog): Promise<Measure[]> {
  const random = seededRandom(5)
  const seconds: number[] = []
  const bytes: number[] = []
  for (let n = 0; n < proofs; n += 1) {
    const index = random.int(rows)
    const startedMs = performance.now()
    const proof = await proveInclusion(log.tiles, index, rows)
    const text = formatTlogProof({ index, proof, checkpoint: note })
    seconds.push((performance.now() - startedMs) / 1000)
    bytes.push(Buffer.byteLength(text))
  }
  const of = `of ${proofs} records of a log of ${rows}, as c2sp.org/tlog-proof@v1`
  return [
    {
      name: 'proof_bytes',
      value: median(bytes),
      unit: 'bytes',
      of: `size of a proof, median ${of}`,
    },
    {
      name: 'proof_seconds',
      value: median(seconds),
      unit: 's',
      of: `making a proof, median ${of}`,
    },
  ]
}
