import { gzipSync } from 'node:zlib'
import type { LoadOrder, LoadReply } from './load-messages.ts'
import { makeBatches } from './make-batches.ts'
import { sendLoad } from './send-load.ts'
import type { LoadBatch } from './send-load.ts'

/** The program of the load process: makes requests and sends them as its parent orders; ends with its parent. */
let prepared: readonly LoadBatch[] = []

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
  if (order.kind === 'send') return { kind: 'sent', outcome: await sendLoad(prepared, order) }
  prepared = makeBatches(order.seed, order.batches).map((batch) => ({
    ...batch,
    wire: order.gzip ? gzipSync(batch.body) : batch.body,
  }))
  return { kind: 'prepared', bodyBytes: prepared.reduce((sum, { body }) => sum + body.length, 0) }
}

function reply(message: LoadReply): void {
  process.send?.(message)
}
