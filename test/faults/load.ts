import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IngestClient } from '@whodid/collector'

const token = 'whodid-test-token'

/** The exporter that the load comes from. */
export const loadExporter: IngestClient = {
  name: 'load',
  tenant: 'default',
  tokenSha256: createHash('sha256').update(token).digest('hex'),
  templates: '*',
  humans: true,
  services: true,
}

/** A seeded stream of batches, and what became of them. */
export interface Load {
  readonly traceId: string
  /** Every span ID that was ever put on the wire. */
  readonly sent: Set<string>
  readonly acknowledged: Set<string>
  /** Sends all batches, with resends, duplicates and reordered spans, until each is acknowledged. */
  run(port: () => number | undefined, random: () => number): Promise<void>
}

/** How much is sent. */
export interface LoadSize {
  readonly run: number
  readonly batches: number
  readonly spansPerBatch: number
  readonly senders: number
}

const requestTimeoutMs = 30_000

/** Makes the load of a run; span IDs and the trace are the run's own. */
export function createLoad(size: LoadSize): Load {
  const traceId = `fa${size.run.toString(16).padStart(30, '0')}`
  const sent = new Set<string>()
  const acknowledged = new Set<string>()
  const batches = Array.from({ length: size.batches }, (_, batch) =>
    Array.from({ length: size.spansPerBatch }, (__, index) =>
      (size.run * 1_000_000 + batch * 1_000 + index + 1).toString(16).padStart(16, '0'),
    ),
  )
  return {
    traceId,
    sent,
    acknowledged,
    run: async (port, random) => {
      const left = [...batches]
      const send = async (ids: readonly string[]): Promise<boolean> => {
        const target = port()
        if (target === undefined) return false
        for (const id of ids) sent.add(id)
        const isAcknowledged = await post(target, bodyOf(traceId, ids))
        if (isAcknowledged) for (const id of ids) acknowledged.add(id)
        return isAcknowledged
      }
      const sender = async (): Promise<void> => {
        for (let batch = left.shift(); batch !== undefined; batch = left.shift()) {
          const earlier = random() < 0.2 ? [...acknowledged].slice(-3) : []
          let ids = [...batch, ...earlier]
          while (!(await send(ids))) {
            await sleep(2)
            ids = random() < 0.5 ? ids.toReversed() : ids
          }
          if (random() < 0.2) await send(ids.toReversed())
        }
      }
      await Promise.all(Array.from({ length: size.senders }, sender))
    },
  }
}

function bodyOf(traceId: string, ids: readonly string[]): string {
  const spans = ids.map((spanId) => ({
    traceId,
    spanId,
    name: 'load',
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000000000001',
    attributes: [
      { key: 'whodid.record.kind', value: { stringValue: 'action' } },
      { key: 'load.mark', value: { stringValue: `~${spanId}~` } },
    ],
  }))
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

/** Whether the batch was acknowledged. The collector may be killed before or after it was durable: the sender cannot know. */
function post(port: number, body: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/v1/traces',
        agent: false,
        timeout: requestTimeoutMs,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode === 200))
        response.once('error', () => resolve(false))
      },
    )
    call.once('timeout', () => call.destroy())
    call.once('error', () => resolve(false))
    call.end(body)
  })
}
