import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const killsMax = 2
const spansPerRequest = 20
const sendersMax = 3

/** Times are drawn from a seeded generator (Park and Miller), so that a failing run can be repeated. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

let service: WhodidProcess | undefined

afterAll(async () => {
  await service?.remove()
})

function request(requestNumber: number): { body: string; refs: string[] } {
  const traceId = (0xabc0_0000 + requestNumber).toString(16).padStart(32, '0')
  const refs: string[] = []
  const spans = Array.from({ length: spansPerRequest }, (_, index) => {
    const spanId = (index + 1).toString(16).padStart(16, '0')
    refs.push(`${traceId}-${spanId}`)
    const start = BigInt(Date.now()) * 1_000_000n
    const attributes = Object.entries({
      'whodid.actor.type': 'human',
      'user.id': 'dev',
      'whodid.record.kind': 'tool_call',
      'whodid.action.verb': 'update',
      'whodid.action.outcome': 'success',
      'whodid.resource.id': `kill:row:${requestNumber}/${index}`,
    }).map(([key, stringValue]) => ({ key, value: { stringValue } }))
    return {
      traceId,
      spanId,
      name: 'update',
      startTimeUnixNano: start.toString(),
      endTimeUnixNano: (start + 1000n).toString(),
      attributes,
    }
  })
  return { body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), refs }
}

test('a service killed with kill -9 under load has, once it runs again, every span it acknowledged, once', async () => {
  const random = seeded(20_261_122)
  const acknowledged = new Set<string>()
  let requests = 0
  service = await startWhodidProcess()
  for (let kill = 0; kill < killsMax; kill += 1) {
    const running = service
    let isAlive = true
    const sender = async (): Promise<void> => {
      while (isAlive) {
        const { body, refs } = request((requests += 1))
        const answer = await send(running, body)
        if (answer) for (const ref of refs) acknowledged.add(ref)
      }
    }
    const senders = Array.from({ length: sendersMax }, sender)
    const before = acknowledged.size
    while (acknowledged.size <= before + spansPerRequest) await sleep(5)
    await sleep(random() * 700)
    await running.kill()
    isAlive = false
    await Promise.all(senders)
    service = await startWhodidProcess({ dataDir: running.dataDir })
  }
  expect(acknowledged.size).toBeGreaterThan(spansPerRequest)
  const running = service
  const missing = async (): Promise<string[]> => {
    const stored = await storedRefs(running)
    return [...acknowledged].filter((ref) => !stored.has(ref))
  }
  await expect.poll(missing).toEqual([])
  const stored = await storedRefs(running)
  expect([...stored.values()].filter((count) => count > 1)).toEqual([])
})

async function send(running: WhodidProcess, body: string): Promise<boolean> {
  try {
    const answer = await fetch(`${running.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${running.tokens.ingest}`,
      },
      body,
    })
    await answer.text()
    return answer.status === 200
  } catch {
    // Killed before it answered: nothing was acknowledged.
    return false
  }
}

async function storedRefs(running: WhodidProcess): Promise<Map<string, number>> {
  const answer = await running.get('/v1/tail?from=2020-01-01T00:00:00Z&follow=false')
  const counts = new Map<string, number>()
  for (const line of (await answer.text()).trim().split('\n')) {
    // Each line is a record with its span, but for the last.
    const { span } = JSON.parse(line) as { span?: string }
    if (span !== undefined) counts.set(span, (counts.get(span) ?? 0) + 1)
  }
  return counts
}
