import { performance } from 'node:perf_hooks'
import { agent, current, flush, health, plan, prompt, shutdown, start, tool } from '@whodid/sdk'
import type { Loss } from '@whodid/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'
import type { OtlpSink } from '../harness/otlp-sink.ts'

let sink: OtlpSink

beforeEach(async () => {
  sink = await startOtlpSink()
})

afterEach(async () => {
  await shutdown(500)
  await sink.stop()
})

const kinds = (): unknown[] => sink.spans.map((span) => span.attributes['whodid.record.kind'])

describe('an intent', () => {
  it('is acknowledged, with the prompt and plan before it, before the act begins', async () => {
    start({ endpoint: sink.url, limits: { scheduledDelayMs: 60_000 } })
    await agent({ template: 'a' }, async () => {
      await prompt('delete it')
      await plan('delete')
      for (const verb of ['delete', 'update', 'create', 'execute', 'send', 'approve', 'other'])
        await tool(verb, { verb }, (call) => {
          const intent = sink.spans.find((span) => span.name === `intent ${verb}`)
          expect(intent?.attributes['whodid.action.id']).toBe(call.actionId)
          expect(kinds().slice(0, 3)).toEqual(['session', 'prompt', 'plan'])
        })
      await tool('no_verb', () => {
        expect(sink.spans.some((span) => span.name === 'intent no_verb')).toBe(true)
      })
      const before = sink.requests.length
      await tool('read', { verb: 'read' }, () => 1)
      await tool('harmless', { verb: 'update', destructive: false }, () => 1)
      expect(sink.requests).toHaveLength(before)
      await tool('read_all', { verb: 'read', destructive: true }, () => {
        expect(sink.spans.some((span) => span.name === 'intent read_all')).toBe(true)
      })
    })
    await shutdown()
    expect(sink.spans.filter((span) => span.name.startsWith('intent '))).toHaveLength(9)
    expect(health().unconfirmedIntents).toBe(0)
  })

  it('shares a request with those of parallel calls', async () => {
    start({ endpoint: sink.url, limits: { scheduledDelayMs: 60_000 } })
    await agent({ template: 'a' }, () =>
      Promise.all(
        Array.from({ length: 100 }, (_, n) => tool(`t${n}`, { verb: 'update' }, () => 1)),
      ),
    )
    expect(sink.requests.length).toBeLessThan(10)
    await shutdown()
    expect(sink.spans.filter((span) => span.name.startsWith('intent '))).toHaveLength(100)
  })

  it.each(['hang', 'status', 'gone'] as const)(
    'that cannot be recorded lets the act run by default, and is counted (%s)',
    async (kind) => {
      if (kind === 'hang') sink.answer = { kind }
      if (kind === 'status') sink.answer = { kind, status: 503 }
      if (kind === 'gone') await sink.stop()
      const intentTimeoutMs = 1_500
      start({ endpoint: sink.url, intentTimeoutMs, exitHooks: false })
      const began = performance.now()
      const results = await agent({ template: 'a' }, async () => {
        const made: number[] = []
        for (let n = 0; n < 20; n += 1) made.push(await tool('act', { verb: 'delete' }, () => n))
        return made
      })
      expect(results).toHaveLength(20)
      expect(health().unconfirmedIntents).toBe(20)
      // Only the first waits, not all twenty.
      expect(performance.now() - began).toBeLessThan((20 * intentTimeoutMs) / 2)
    },
  )

  it('that cannot be recorded blocks the act if asked to, and is on record once it can', async () => {
    sink.answer = { kind: 'status', status: 503 }
    start({
      endpoint: sink.url,
      intentTimeoutMs: 200,
      onUnrecorded: 'block',
      limits: { retryDelayMs: 20 },
    })
    let ran = false
    await agent({ template: 'a' }, async () => {
      await expect(
        tool('drop', { verb: 'delete' }, () => {
          ran = true
        }),
      ).rejects.toMatchObject({ name: 'WhodidError', code: 'action_unrecorded' })
    })
    expect(ran).toBe(false)
    expect(health()).toMatchObject({ unconfirmedIntents: 1, blockedActions: 1 })
    sink.answer = { kind: 'ok' }
    expect(await shutdown()).toBe(true)
    const act = sink.spans.find((span) => span.name === 'execute_tool drop')
    expect(act?.attributes).toMatchObject({
      'whodid.action.outcome': 'denied',
      'error.type': 'action_unrecorded',
    })
  })

  it('in block mode waits for a collector that comes back in time', async () => {
    sink.answer = { kind: 'status', status: 503, retryAfter: '0' }
    start({
      endpoint: sink.url,
      intentTimeoutMs: 30_000,
      onUnrecorded: 'block',
      limits: { retryDelayMs: 20, retryDelayMsMax: 40 },
    })
    setTimeout(() => {
      sink.answer = { kind: 'ok' }
    }, 150)
    expect(await agent({ template: 'a' }, () => tool('t', { verb: 'delete' }, () => 7))).toBe(7)
    expect(health().blockedActions).toBe(0)
  })
})

describe('what the collector does', () => {
  const three = (): Promise<unknown> =>
    agent({ template: 'a' }, () => tool('read', { verb: 'read' }, () => 1))

  it('503, then well again: nothing is lost', async () => {
    sink.answer = { kind: 'status', status: 503 }
    start({ endpoint: sink.url, limits: { retryDelayMs: 20 } })
    await three()
    expect(await flush(200)).toBe(false)
    expect(health()).toMatchObject({ pending: 3, exported: 0, lastError: 'HTTP 503' })
    sink.answer = { kind: 'ok' }
    expect(await flush()).toBe(true)
    expect(health()).toMatchObject({ recorded: 3, exported: 3, pending: 0 })
    expect(sink.spans).toHaveLength(3)
  })

  it('429 with Retry-After is tried again', async () => {
    sink.answer = { kind: 'status', status: 429, retryAfter: '0' }
    start({ endpoint: sink.url, limits: { retryDelayMs: 20 } })
    await three()
    await flush(100)
    sink.answer = { kind: 'ok' }
    expect(await flush()).toBe(true)
    expect(sink.spans).toHaveLength(3)
  })

  it('a request that is never answered ends in time, and is sent again', async () => {
    sink.answer = { kind: 'hang' }
    start({ endpoint: sink.url, limits: { retryDelayMs: 20, exportTimeoutMs: 100 } })
    await three()
    await flush(300)
    expect(health().lastError).toContain('no answer within 100 ms')
    sink.answer = { kind: 'ok' }
    expect(await flush()).toBe(true)
    expect(health().exported).toBe(3)
  })

  it.each([400, 401, 403, 413, 500])('%i: refused, counted, told', async (status) => {
    const losses: Loss[] = []
    sink.answer = { kind: 'status', status }
    start({
      endpoint: sink.url,
      onLoss: (loss) => {
        losses.push(loss)
        throw new Error('the callback’s own')
      },
    })
    await three()
    expect(await flush()).toBe(true)
    expect(health()).toMatchObject({ recorded: 3, exported: 0, pending: 0 })
    expect(health().dropped.rejected).toBe(3)
    expect(losses.at(-1)).toMatchObject({ reason: 'rejected', total: 3 })
    expect(losses.at(-1)?.detail).toMatch(
      status === 401 ? /^HTTP 401: no token was sent; set WHODID_INGEST_TOKEN/u : `HTTP ${status}`,
    )
    sink.answer = { kind: 'ok' }
    await three()
    // What was refused stays missing, whatever was taken since; a second call says the same.
    expect(await shutdown()).toBe(false)
    expect(await shutdown()).toBe(false)
    const told = sink.spans.find((span) => span.name === 'records lost')
    expect(told?.attributes).toMatchObject({
      'whodid.record.kind': 'other',
      'whodid.sdk.lost.rejected': 3,
    })
  })

  it('a batch that is too large is halved until it fits', async () => {
    start({ endpoint: sink.url, limits: { scheduledDelayMs: 60_000 } })
    sink.answer = { kind: 'status', status: 413 }
    await three()
    await three()
    const flushing = flush()
    while (sink.requests.at(-1)?.spans.length !== 2)
      await new Promise((resolve) => setImmediate(resolve))
    sink.answer = { kind: 'ok' }
    await flushing
    expect(sink.spans.length + health().dropped.rejected).toBeGreaterThanOrEqual(6)
    expect(sink.spans.length).toBeGreaterThan(0)
  })

  it('a partial success: the rejected are counted as lost', async () => {
    sink.answer = { kind: 'partial', rejectedSpans: 1 }
    start({ endpoint: sink.url })
    await three()
    await flush()
    expect(await shutdown()).toBe(false)
    expect(health().dropped.rejected).toBeGreaterThanOrEqual(1)
    expect(health().lastError).toBe('no')
    const { recorded, exported, pending, dropped } = health()
    expect(exported + pending + dropped.rejected).toBe(recorded)
  })
})

describe('bounds', () => {
  it('a full queue loses what comes last, counts it, and tells the ledger', async () => {
    const losses: Loss[] = []
    sink.answer = { kind: 'status', status: 503 }
    start({
      endpoint: sink.url,
      limits: { queueSpansMax: 10, retryDelayMs: 20, retryDelayMsMax: 20 },
      onLoss: (loss) => losses.push(loss),
    })
    await agent({ template: 'a' }, async () => {
      for (let n = 0; n < 30; n += 1) await tool('read', { verb: 'read' }, () => n)
    })
    expect(health()).toMatchObject({ recorded: 32, pending: 10 })
    expect(health().dropped.queueFull).toBe(22)
    expect(losses).toHaveLength(22)
    sink.answer = { kind: 'ok' }
    expect(await shutdown()).toBe(false)
    const told = sink.spans.find((span) => span.name === 'records lost')
    expect(told?.attributes['whodid.sdk.lost.queue_full']).toBe(22)
    const seqs = sink.spans.map((span) => span.attributes['whodid.seq']).filter(Number)
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('text counts against the bytes of the queue', async () => {
    sink.answer = { kind: 'status', status: 503 }
    start({ endpoint: sink.url, limits: { queueBytesMax: 20_000 } })
    await agent({ template: 'a' }, async () => {
      for (let n = 0; n < 5; n += 1) await prompt('x'.repeat(9000))
    })
    expect(health().dropped.queueFull).toBeGreaterThan(2)
  })

  it('verbs run without start, and count', async () => {
    const before = health().unstarted
    const result = await agent({ template: 'a' }, async (run) => {
      await prompt('x')
      expect(current()?.id).toBe(run.id)
      return tool('t', { verb: 'delete' }, () => 5)
    })
    expect(result).toBe(5)
    expect(health().unstarted).toBeGreaterThanOrEqual(before + 4)
    expect(health().started).toBe(false)
    expect(await shutdown()).toBe(false)
  })

  it('what cannot be recorded whole still runs', async () => {
    start({ endpoint: sink.url })
    const hostile = {
      get verb(): string {
        throw new Error('no')
      },
    }
    expect(await agent({ template: 'a' }, () => tool('t', hostile, () => 5))).toBe(5)
    // A caller without types may give anything.
    expect(await agent(null as never, () => 6)).toBe(6)
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    expect(await tool('t', { arguments: cyclic, destructive: false }, () => cyclic)).toBe(cyclic)
    expect(health().internalErrors).toBeGreaterThan(0)
  })
})

describe('start', () => {
  it.each([
    [{ endpoint: 'nonsense' }, '"endpoint" expected an http or https URL; got "nonsense"'],
    [{ endpoint: 'http://u:p@h' }, '"endpoint" expected a URL without user name and password'],
    [{ token: 'a\nb' }, '"token" expected visible ASCII characters'],
    [{ capture: 'all' }, '"capture" expected one of none, hash, redacted, full; got "all"'],
    [{ intentTimeoutMs: -1 }, '"intentTimeoutMs" expected a whole number from 0 to 600000'],
    [{ limits: { batchSpansMax: 0 } }, '"limits.batchSpansMax" expected a whole number'],
    [{ onBehalfOf: { id: '' } }, '"onBehalfOf.id" expected text that is not empty'],
    [{ onBehalfOf: { id: 'a', type: 'robot' } }, '"onBehalfOf.type" expected one of human'],
  ])('refuses %j', (options, message) => {
    expect(() => start(options as never)).toThrow(message)
    expect(health().started).toBe(false)
  })

  it('twice: the same settings give the same handle, others are refused', async () => {
    const first = start({ endpoint: sink.url })
    expect(start({ endpoint: sink.url })).toBe(first)
    expect(() => start({ endpoint: sink.url, capture: 'full' })).toThrow(
      'expected to be called once',
    )
    await shutdown()
    expect(start({ endpoint: sink.url, capture: 'full' })).toBe(first)
  })
})
