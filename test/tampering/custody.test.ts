import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { openRetentionService, applyPolicy } from '@whodid/retention'
import type { ContentKeys } from '@whodid/content'
import type { RetentionService, RetentionDeps } from '@whodid/retention'
import { createAppender } from '@whodid/store'
import type { Appender } from '@whodid/store'
import { loadExporter } from '../faults/load.ts'
import { startCleanLedger } from './clean-ledger.ts'
import type { CleanLedger } from './clean-ledger.ts'

// Erasing and pruning on the real engine, through the collector that seals the records of it, with a death at every step. Nothing
// may be gone that no sealed record tells of, and what was begun is finished by the next start.

let ledger: CleanLedger
let appender: Appender
let collector: Collector
let requests = 0

const request = { tenant: 'default', requestedBy: 'admin', reason: 'test', caseId: '' }

beforeAll(async () => {
  ledger = await startCleanLedger()
  appender = createAppender(ledger.engine.access('writer'))
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: join(ledger.root, 'log'),
    logOrigin: 'custody.test/log',
    sequencer: { treeDir: join(ledger.root, 'tlog'), keysDir: ledger.keysDir },
    ingestClients: [loadExporter],
    keys: ledger.keys,
    now: ledger.now,
    limits: { segmentAgeMaxMs: 5, checkpointIntervalMs: 50 },
    appender,
  })
})

afterAll(async () => {
  await collector.stop()
  await appender.close()
  await ledger.stop()
})

/** A prompt of somebody whom nobody else is called; resolves with the subject once all of it is stored and sealed. */
async function say(): Promise<string> {
  requests += 1
  const person = `person-${requests}`
  const id = requests.toString(16).padStart(16, '0')
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const span = {
    traceId: `${id}${id}`,
    spanId: id,
    name: 'prompt',
    startTimeUnixNano: '1700000000000000000',
    attributes: [
      text('whodid.record.kind', 'prompt'),
      text('whodid.delegator.id', person),
      text('gen_ai.input.messages', `What ${person} asked`),
    ],
  }
  const answer = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: 'Bearer whodid-test-token', 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
  expect(answer.status).toBe(200)
  await settle()
  return `delegator:${person}`
}

async function settle(): Promise<void> {
  await collector.sealed()
  await collector.stored()
}

const steps = ['record', 'destroy', 'stored', 'remove'] as const
interface Death {
  readonly step: (typeof steps)[number]
  readonly when: 'before' | 'after'
}

/** A custodian that dies at a step: from there on it does nothing any more. `died` resolves when it has. */
async function openMortal(
  death?: Death,
): Promise<{ custodian: RetentionService; died: Promise<void> }> {
  let tell = (): void => undefined
  const died = new Promise<void>((resolve) => (tell = resolve))
  const at = async <Result>(step: Death['step'], act: () => Promise<Result>): Promise<Result> => {
    if (death?.step === step && death.when === 'before') await die()
    const result = await act()
    if (death?.step === step && death.when === 'after') await die()
    return result
  }
  const die = (): Promise<never> => {
    tell()
    return new Promise(() => undefined)
  }
  const { eraser, pruner, keys, now } = ledger
  const ports: RetentionDeps = {
    dir: join(ledger.keysDir, 'custody'),
    keys: watchDestroy(keys, (act) => at('destroy', act)),
    record: (records) => at('record', () => collector.record(records)),
    stored: () => at('stored', () => collector.stored()),
    eraser: {
      ...eraser,
      deleteByKey: (tenant, key) => at('remove', () => eraser.deleteByKey(tenant, key)),
    },
    pruner: { ...pruner, dropBefore: (unixNs) => at('remove', () => pruner.dropBefore(unixNs)) },
    now,
  }
  return { custodian: await openRetentionService(ports), died }
}

function watchDestroy(
  keys: ContentKeys,
  around: (act: () => Promise<void>) => Promise<void>,
): ContentKeys {
  return new Proxy(keys, {
    get: (target, name) => {
      if (name === 'destroy')
        return (...args: Parameters<ContentKeys['destroy']>) =>
          around(() => target.destroy(...args))
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const bound: unknown = value.bind(target)
      return bound
    },
  })
}

const count = async (query: string): Promise<number> => Number(await ledger.engine.dba(query))
const recordsOf = (kind: string): Promise<number> =>
  count(`SELECT count() FROM whodid.v_spans WHERE name = 'whodid.${kind}' AND exporter = 'whodid'`)

async function expectClean(when: string): Promise<void> {
  await settle()
  expect((await ledger.verifyAll()).findings, when).toEqual([])
}

const whens = ['before', 'after'] as const
const deaths = steps.flatMap((step) => whens.map((when): Death => ({ step, when })))

describe('an erasure', () => {
  test.each(deaths)('that dies $when $step is finished by the next start', async (death) => {
    const subject = await say()
    const key = (await ledger.keys.liveIdOf('default', subject)) ?? ''
    const texts = `SELECT count() FROM whodid.contents WHERE startsWith(ref, unhex('${key}'))`
    expect(await count(texts)).toBe(1)
    const before = await recordsOf('erasure')
    const { custodian, died } = await openMortal(death)
    void custodian.erase(subject, request)
    await died
    await expectClean('after the death')
    const isTouched = (await ledger.keys.find(key)).state !== 'live' || (await count(texts)) === 0
    // Never half without its sealed record.
    if (isTouched) expect(await recordsOf('erasure')).toBe(before + 1)
    const next = await openMortal()
    expect(await next.custodian.resume()).toBe(0)
    await expectClean('after the next start')
    expect((await ledger.keys.find(key)).state).toBe('erased')
    expect(await count(texts)).toBe(0)
    expect(await recordsOf('erasure')).toBe(before + 1)
    expect(await next.custodian.resume()).toBe(0)
    expect(await recordsOf('erasure')).toBe(before + 1)
  })
})

const oldRows = (monthsFrom: string): Promise<number> =>
  count(`SELECT count() FROM whodid.spans WHERE received_at < '${monthsFrom}'`)

/** The first of the month that the clock stands in, and its nanoseconds. */
function thisMonth(): { at: string; unixNs: bigint } {
  const date = new Date(Number(ledger.now() / 1_000_000n))
  const ms = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  return { at: new Date(ms).toISOString().slice(0, 19), unixNs: BigInt(ms) * 1_000_000n }
}

describe('a prune of records', () => {
  test.each(deaths.filter(({ step }) => step !== 'destroy'))(
    'that dies $when $step is finished by the next start, and what stays verifies',
    async (death) => {
      await say()
      ledger.wait(24 * 32)
      await say()
      const month = thisMonth()
      const all = await oldRows(month.at)
      expect(all).toBeGreaterThan(0)
      const before = await recordsOf('prune')
      const { custodian, died } = await openMortal(death)
      void custodian.prune(ledger.now(), request)
      await died
      await expectClean('after the death')
      // Never half without its sealed record.
      if ((await oldRows(month.at)) < all) expect(await recordsOf('prune')).toBeGreaterThan(0)
      const next = await openMortal()
      expect(await next.custodian.resume()).toBe(0)
      await expectClean('after the next start')
      expect(await oldRows(month.at)).toBe(0)
      expect(await count(`SELECT count() FROM whodid.v_spans WHERE name = 'prompt'`)).toBe(1)
      // The record of this prune stays; those of earlier ones went with their month.
      expect(await recordsOf('prune')).toBe(1)
      expect(before).toBeLessThanOrEqual(1)
    },
  )
})

describe('retention by age', () => {
  const kept = { textDays: 10, recordDays: 40 }
  const ports = (custodian: RetentionService) => ({
    service: custodian,
    pruner: ledger.pruner,
    tenant: 'default',
    now: ledger.now,
  })

  test('lets go text by the day and records by the month, on record, and only once', async () => {
    const { custodian } = await openMortal()
    await say()
    ledger.wait(24 * 75)
    await say()
    const texts = () => count('SELECT count() FROM whodid.contents')
    expect(await texts()).toBeGreaterThanOrEqual(2)
    const outcome = await applyPolicy(kept, ports(custodian))
    expect(outcome).toMatchObject({ state: 'done' })
    expect(outcome.records).toHaveLength(2)
    expect(await texts()).toBe(1)
    await expectClean('after retention')
    expect(await recordsOf('prune')).toBe(1)
    expect(await recordsOf('expiry')).toBe(1)
    expect(await count(`SELECT count() FROM whodid.v_spans WHERE name = 'prompt'`)).toBe(1)
    expect(await applyPolicy(kept, ports(custodian))).toEqual({ state: 'done', records: [] })
  })

  test('keeps everything while a hold stands', async () => {
    const { custodian } = await openMortal()
    ledger.wait(24 * 75)
    await custodian.hold('', { ...request, caseId: 'C-1' })
    expect(await applyPolicy(kept, ports(custodian))).toEqual({ state: 'held', records: [] })
    expect(await count(`SELECT count() FROM whodid.v_spans WHERE name = 'prompt'`)).toBe(1)
    await custodian.release({ ...request, caseId: 'C-1' })
    expect((await applyPolicy(kept, ports(custodian))).records).toHaveLength(2)
    await expectClean('after the hold')
    expect(await count(`SELECT count() FROM whodid.v_spans WHERE name = 'prompt'`)).toBe(0)
  })
})
