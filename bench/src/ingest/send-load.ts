import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SpanBatch } from './encode-spans.ts'
import type { LoadTarget, SendOrder, SendOutcome } from './load-messages.ts'
import { spansPerBatch } from './make-batches.ts'
import { postBody } from './post-body.ts'
import { createProbe } from './probe.ts'
import type { Probe } from './probe.ts'
import { stampBatch } from './stamp-batch.ts'

/** A batch, and what of it goes over the wire: itself, or itself compressed. */
export interface LoadBatch extends SpanBatch {
  readonly wire: Buffer
}

const refusalsMax = 100_000
const refusedDelayMs = 100

interface Sending {
  readonly order: SendOrder
  readonly batches: readonly LoadBatch[]
  readonly agent: Agent
  readonly probe: Probe | undefined
  readonly startedMs: number
  readonly nextPass: () => number
  readonly acknowledgeSeconds: number[]
  next: number
  pass: number
  refusals: number
}

/**
 * Sends batches over keep-alive connections, each with one request at a time; what is refused is sent again. `nextPass` gives
 * another number each time that the batches are gone through.
 */
export async function sendLoad(
  batches: readonly LoadBatch[],
  order: SendOrder,
  nextPass: () => number,
): Promise<SendOutcome> {
  const sending: Sending = {
    order,
    batches,
    agent: new Agent({ keepAlive: true, maxSockets: order.connections }),
    probe: order.probe === null ? undefined : createProbe(order.probe),
    startedMs: performance.now(),
    nextPass,
    acknowledgeSeconds: [],
    next: 0,
    pass: 0,
    refusals: 0,
  }
  await Promise.all(Array.from({ length: order.connections }, () => sendInTurn(sending)))
  const seconds = (performance.now() - sending.startedMs) / 1000
  sending.agent.destroy()
  return {
    spans: sending.acknowledgeSeconds.length * spansPerBatch,
    refusals: sending.refusals,
    seconds,
    acknowledgeSeconds: sending.acknowledgeSeconds,
    queryableSeconds: (await sending.probe?.finish()) ?? [],
  }
}

async function sendInTurn(sending: Sending): Promise<void> {
  const { order, batches } = sending
  const [turnsMax, secondsMax] =
    'batches' in order.amount
      ? [order.amount.batches, Number.POSITIVE_INFINITY]
      : [Number.POSITIVE_INFINITY, order.amount.seconds]
  for (;;) {
    const turn = sending.next
    sending.next += 1
    const elapsedSeconds = (performance.now() - sending.startedMs) / 1000
    if (turn >= turnsMax || elapsedSeconds >= secondsMax) return
    if (order.spansPerSecond !== null) {
      const dueSeconds = (turn * spansPerBatch) / order.spansPerSecond
      if (dueSeconds >= secondsMax) return
      await sleep(Math.max(0, (dueSeconds - elapsedSeconds) * 1000))
    }
    const batch = batches[turn % batches.length]
    if (batch === undefined) return
    if (turn % batches.length === 0) sending.pass = sending.nextPass()
    // Under way twice at once it would be changed while it is sent: there are many more batches than connections.
    if (batch.wire === batch.body) stampBatch(batch, { pass: sending.pass, endUnixNs: nowUnixNs() })
    await sendOne(sending, batch)
  }
}

function nowUnixNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

async function sendOne(sending: Sending, batch: LoadBatch): Promise<void> {
  const { order, agent } = sending
  for (;;) {
    const startedMs = performance.now()
    const { status, body } = await postBody(targetOf(order.target, batch), batch.wire, agent)
    if (status === 200) {
      sending.acknowledgeSeconds.push((performance.now() - startedMs) / 1000)
      sending.probe?.watch(markerOf(batch))
      return
    }
    sending.refusals += 1
    if ((status !== 429 && status !== 503) || sending.refusals > refusalsMax)
      throw new Error(`${order.target.url} answered ${status}: ${body.toString('utf8', 0, 200)}`)
    await sleep(refusedDelayMs)
  }
}

function targetOf(target: LoadTarget, { wire, body }: LoadBatch): LoadTarget {
  if (wire === body) return target
  return { ...target, headers: { ...target.headers, 'content-encoding': 'gzip' } }
}

function markerOf({ body, traceIdOffsets: [offset = 0] }: LoadBatch): {
  traceIdHex: string
  spanIdHex: string
} {
  return {
    traceIdHex: body.toString('hex', offset, offset + 16),
    spanIdHex: body.toString('hex', offset + 18, offset + 26),
  }
}
