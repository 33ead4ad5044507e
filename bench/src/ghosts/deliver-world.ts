import type { Service } from '../identity/start-service.ts'
import { logNames } from './world-act.ts'
import type { WorldAct } from './world-act.ts'

/** Events in one request to `/v1/imports`, and resource spans in one of OTLP. */
const eventsPerRequest = 200

/** Sends what the agents' telemetry has of some acts, and imports what the logs have. */
export async function deliverWorld(service: Service, acts: readonly WorldAct[]): Promise<void> {
  const spans = acts.flatMap((act) => act.spans)
  for (const resourceSpans of chunksOf(spans)) {
    const answer = await fetch(`${service.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${service.ingestToken}`,
      },
      body: JSON.stringify({ resourceSpans }),
    })
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  }
  for (const format of logNames) {
    const lines = acts.filter(({ log }) => log === format).map(({ line }) => line)
    for (const chunk of chunksOf(lines)) {
      const isText = format === 'postgres' || format === 'access-log'
      const events = isText ? chunk : chunk.map((line): unknown => JSON.parse(line))
      const taken = await service.post('/v1/imports', { format, events })
      // The contract fixes what this answer holds.
      const { refused } = taken as { readonly refused: number | readonly unknown[] }
      const count = typeof refused === 'number' ? refused : refused.length
      if (count > 0) throw new Error(`${count} events of ${format} were refused`)
    }
  }
}

function chunksOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / eventsPerRequest) }, (_, index) =>
    all.slice(index * eventsPerRequest, (index + 1) * eventsPerRequest),
  )
}
