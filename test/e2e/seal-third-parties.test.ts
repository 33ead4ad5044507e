import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { attribute } from '@whodid/model'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import {
  act,
  idOf,
  makeOwnKey,
  namingSeal,
  otlpSpan,
  proofBy,
  sealOver,
  sealSpan,
} from '../identity/seal-world.ts'
import type { Registered, SentSpan } from '../identity/seal-world.ts'

const nobody = { templates: [] as string[], humans: false, services: false }
const senders = {
  any: { templates: '*', humans: true, services: true },
  peer: { ...nobody, templates: ['db-fixer'] },
  planner: { ...nobody, templates: ['planner'] },
  none: { ...nobody, templates: ['unrelated'] },
} as const
type Sender = keyof typeof senders

let ledger: Ledger
let collector: Collector
let logDir = ''

beforeAll(async () => {
  ledger = await startLedger()
  logDir = await mkdtemp(join(tmpdir(), 'whodid-log-'))
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    logOrigin: 'acme.example/ledger',
    ingestClients: Object.entries(senders).map(([name, may]) => ({
      name,
      tenant: 'default',
      tokenSha256: createHash('sha256').update(name).digest('hex'),
      ...may,
    })),
    appender: ledger.appender,
    keys: ledger.keys,
  })
}, 240_000)

afterAll(async () => {
  await collector.stop()
  await ledger.stop()
  await rm(logDir, { recursive: true, force: true })
})

const nowS = (): number => Math.floor(Date.now() / 1000)
let instances = 0

async function register(by: Sender = 'any'): Promise<Registered> {
  const key = makeOwnKey()
  const template = 'db-fixer'
  const instance = `i-${(instances += 1)}`
  const response = await fetch(`${collector.url}/v1/credentials`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${by}`,
      dpop: await proofBy(key, { atS: nowS() }),
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      template,
      instance,
      delegator: { id: 'jane', issuer: 'https://login.acme.example' },
    }),
  })
  const text = await response.text()
  expect(response.status, text).toBe(201)
  // The answer of this route is an object.
  const { token_sha256: tokenHash = '' } = JSON.parse(text) as Record<string, string>
  return { key, template, instance, tokenHash }
}

async function send(
  spans: readonly SentSpan[],
  by: Sender = 'any',
  change: (span: object) => object = (s) => s,
): Promise<void> {
  const response = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: spans.map((s) => change(otlpSpan(s))) }] }],
    }),
  })
  expect(response.status).toBe(200)
}

function at(span: SentSpan): SentSpan {
  return { ...span, startUnixNs: BigInt(Date.now()) * 1_000_000n }
}

interface Honest {
  readonly by: Registered
  readonly resource: string
  readonly good: SentSpan
  readonly named: SentSpan
  readonly seal: SentSpan
  readonly batch: readonly SentSpan[]
}

async function honest(): Promise<Honest> {
  const by = await register()
  const resource = `db:table:shop/t-${by.instance}`
  const good = at(act(by, { [attribute.resourceId]: resource }))
  const seal = at(sealSpan(sealOver(by, [good], { issuedAtS: nowS() }), good))
  const named = namingSeal(good, seal)
  return { by, resource, good, named, seal, batch: [seal, named] }
}

const changed = (span: SentSpan, more: Readonly<Record<string, string>>): SentSpan => ({
  ...span,
  attributes: { ...span.attributes, ...more },
})
const without = (span: SentSpan, keys: readonly string[]): SentSpan => ({
  ...span,
  attributes: Object.fromEntries(
    Object.entries(span.attributes).filter(([k]) => !keys.includes(k)),
  ),
})

const seals = [attribute.sealId] as string[]

type Attack = (h: Honest, by: Sender) => Promise<void>
const attacks: readonly (readonly [string, Attack])[] = [
  [
    'other instance, unsealed',
    (h, by) => send([changed(without(h.named, seals), { [attribute.instanceId]: 'i-evil' })], by),
  ],
  [
    'other person, unsealed',
    (h, by) => send([changed(without(h.named, seals), { [attribute.delegatorId]: 'ceo' })], by),
  ],
  [
    'other template, unsealed',
    (h, by) =>
      send(
        [
          changed(without(h.named, seals), {
            [attribute.templateId]: by === 'planner' ? 'planner' : 'unrelated',
          }),
        ],
        by,
      ),
  ],
  ['the same, unsealed', (h, by) => send([without(h.named, seals)], by)],
  ['the same, whole', (h, by) => send(h.batch, by)],
  ['the same, naming a seal that is not there', (h, by) => send([h.named], by)],
  [
    'changed, with its seal',
    (h, by) => send([h.seal, changed(h.named, { [attribute.actionVerb]: 'create' })], by),
  ],
  [
    'changed person, with its seal',
    (h, by) => send([h.seal, changed(h.named, { [attribute.delegatorId]: 'ceo' })], by),
  ],
  [
    'a person did it',
    (h, by) =>
      send(
        [
          changed(
            without(h.named, [
              ...seals,
              attribute.templateId,
              attribute.instanceId,
              attribute.delegatorId,
            ]),
            { [attribute.actorType]: 'human', [attribute.userId]: 'mallory' },
          ),
        ],
        by,
      ),
  ],
  [
    'the instance elsewhere, as another template',
    (h, by) =>
      send(
        [
          at(
            act(
              { template: by === 'planner' ? 'planner' : 'unrelated', instance: h.by.instance },
              { [attribute.resourceId]: 'db:other' },
            ),
          ),
        ],
        by,
      ),
  ],
  ['failed', (h, by) => send(h.batch, by, (s) => ({ ...s, status: { code: 2 } }))],
  [
    'failed, unsealed',
    (h, by) =>
      send([changed(without(h.named, seals), { [attribute.actionOutcome]: 'failure' })], by),
  ],
  [
    'nobody',
    (h, by) =>
      send(
        [
          without(
            h.named,
            Object.keys(h.named.attributes).filter(
              (k) =>
                ![attribute.resourceId, attribute.actionVerb, attribute.toolName].includes(
                  k as never,
                ),
            ),
          ),
        ],
        by,
      ),
  ],
]

const later = (span: SentSpan): SentSpan => ({
  ...span,
  startUnixNs: span.startUnixNs + 5_000_000n,
})
/** A newer act, which only who may not speak for the agent cannot add. */
const newerActs: typeof attacks = [
  [
    'another verb, later',
    (h, by) =>
      send([later(changed(without(h.named, seals), { [attribute.actionVerb]: 'create' }))], by),
  ],
  [
    'another verb, later, naming the seal',
    (h, by) => send([later(changed(h.named, { [attribute.actionVerb]: 'create' })), h.seal], by),
  ],
  [
    'a log record',
    async (h, by) => {
      const response = await fetch(`${collector.url}/v1/logs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          resourceLogs: [
            {
              scopeLogs: [
                {
                  logRecords: [
                    {
                      traceId: h.good.traceId,
                      spanId: h.good.spanId,
                      timeUnixNano: `${h.good.startUnixNs}`,
                      attributes: Object.entries({
                        ...h.good.attributes,
                        [attribute.instanceId]: 'i-evil',
                      }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
                    },
                  ],
                },
              ],
            },
          ],
        }),
      })
      expect(response.status).toBe(200)
    },
  ],
  [
    'another tool, later',
    (h, by) => send([later(changed(without(h.named, seals), { [attribute.toolName]: 'zap' }))], by),
  ],
]

const when = ['before', 'after'] as const
const played = (by: readonly Sender[], list: typeof attacks) =>
  list.flatMap(([name, attack]) =>
    by.flatMap((sender) => when.map((w) => ({ name, by: sender, w, attack }))),
  )
const table = [
  ...played(['any', 'peer', 'planner', 'none'], attacks),
  ...played(['planner', 'none'], newerActs),
]

const honestOnes = new Map<string, Honest>()

describe('an attested act stays so, whatever another sends', () => {
  beforeAll(async () => {
    for (const { name, attack, by, w } of table) {
      const h = await honest()
      honestOnes.set(`${name} ${by} ${w}`, h)
      if (w === 'before') await attack(h, by)
      await send(h.batch)
      if (w === 'after') await attack(h, by)
    }
    await collector.stored()
  }, 240_000)

  test.each(table)('$name, by $by, $w', async ({ name, by, w }) => {
    const h = honestOnes.get(`${name} ${by} ${w}`)
    if (h === undefined) throw new Error('not played')
    const isNewest = name.includes('elsewhere')
    const of = [
      h.resource,
      `span:${idOf(h.good)}`,
      `trace:${h.good.traceId}`,
      ...(isNewest ? [] : [`instance:${h.by.instance}`]),
    ]
    const got: unknown[] = []
    for (const handle of of) {
      const { verdict, grade, agent, delegator, gaps, reasons, action } = await ledger.ask(handle)
      got.push([
        handle.split(':')[0],
        verdict,
        grade,
        agent?.instance?.id,
        delegator?.id,
        action?.verb,
        gaps.map((g) => g.code).includes('sealed_span_missing'),
        ...(grade === 'attested' ? [] : reasons.map((r) => r.code)),
      ])
    }
    const fine = ['agent', 'attested', h.by.instance, 'jane', 'delete', false]
    expect(got).toEqual(of.map((handle) => [handle.split(':')[0], ...fine]))
  })
})

test('a kept span is missed, though another carries the seal under its ID', async () => {
  const by = await register()
  const shown = at(act(by, { [attribute.resourceId]: 'db:table:shop/shown' }))
  const kept = at(act(by, { [attribute.resourceId]: 'db:table:shop/kept' }))
  const jws = sealOver(by, [shown, kept], { issuedAtS: nowS() })
  const seal = at(sealSpan(jws, shown))
  const dummy = { ...kept, attributes: { [attribute.sealJws]: jws } }
  await send([seal, namingSeal(shown, seal), dummy])
  await collector.stored()
  const answer = await ledger.ask('db:table:shop/shown')
  expect(answer.grade).toBe('attested')
  expect(answer.gaps.map(({ code }) => code)).toContain('sealed_span_missing')
})
