import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadTarget } from './load-messages.ts'
import { postBody } from './post-body.ts'

const startMsMax = 20_000
const lookMs = 100

/** Waits until a collector takes OTLP; throws when it does not within 20 s. */
export async function untilAnswers(target: LoadTarget): Promise<void> {
  const deadlineMs = performance.now() + startMsMax
  for (;;) {
    // An empty request is valid OTLP: it stores nothing.
    const answer = await postBody(target, Buffer.alloc(0)).catch(() => undefined)
    if (answer?.status === 200) return
    if (performance.now() > deadlineMs)
      throw new Error(`the OpenTelemetry Collector did not answer within ${startMsMax} ms`)
    await sleep(lookMs)
  }
}
