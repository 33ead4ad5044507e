import { gzipSync } from 'node:zlib'
import type { LoadOrder, LoadReply } from './load-messages.ts'
import { makeBatches } from './make-batches.ts'
import { sendLoad } from './send-load.ts'
import type { LoadBatch } from './send-load.ts'

/** The program of the load process: makes requests and sends them as its parent orders; ends with its parent. */
const prepared: Record<'plain' | 'gzip', readonly LoadBatch[]> = { plain: [], gzip: [] }
/** Never the same twice, so that no request is ever a repetition of another. */
let passes = 0

process.on('message', (order: LoadOrder) => {
  void answer(order)
})
process.on('disconnect', () => process.exit())

async function answer(order: LoadOrder): Promise<void> {
  try {
    reply(await carryOut(order))
  } catch (thrown) {
    reply({ kind: 'failed', message: thrown instanceof Error ? thrown.message : 'unknown failure' })
  }
}

async function carryOut(order: LoadOrder): Promise<LoadReply> {
  if (order.kind === 'send') {
    const batches = prepared[order.gzip ? 'gzip' : 'plain']
    const outcome = await sendLoad(batches, order, () => (passes += 1))
    return { kind: 'sent', outcome }
  }
  const made = makeBatches(order.seed, order.batches).map((batch) => ({
    ...batch,
    wire: order.gzip ? gzipSync(batch.body) : batch.body,
  }))
  prepared[order.gzip ? 'gzip' : 'plain'] = made
  return { kind: 'prepared', bodyBytes: made.reduce((sum, { body }) => sum + body.length, 0) }
}

function reply(message: LoadReply): void {
  process.send?.(message)
}
