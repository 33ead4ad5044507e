#!/usr/bin/env node
import { products } from './events/read-products.ts'
import { reportEvent } from './report-event.ts'

/** Bytes of an event that are read. */
const payloadBytesMax = 8 * 1024 * 1024
/** Milliseconds after which this process ends, whatever is under way. */
const lifeMs = 3_000

// The agent waits for this process, and its answer decides nothing: it ends soon, with 0, and writes nothing.
setTimeout(() => process.exit(0), lifeMs).unref()
process.on('uncaughtException', () => process.exit(0))

const [productName, eventName = ''] = process.argv.slice(2)
const product = products.find((known) => known === productName)
if (product !== undefined) {
  const payload = await readPayload()
  if (payload !== undefined)
    await reportEvent({ product, eventName, payload, environment: process.env })
}
process.exit(0)

async function readPayload(): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > payloadBytesMax) return undefined
    chunks.push(chunk)
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    // Sound: its members stay unknown.
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined
  } catch {
    // Nothing that a hook is called with.
    return undefined
  }
}
