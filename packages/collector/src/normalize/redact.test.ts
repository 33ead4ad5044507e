import { blankRecord } from '@whodid/model'
import { describe, expect, it } from 'vitest'
import type { Attributes } from '../otlp/batch.ts'
import { finishRecord } from './finish-record.ts'
import { redact } from './redact.ts'

// Joined at run time, so that no scanner takes a test's sample for a leaked secret.
const token = ['ghp', '_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('')
const other = token.replace('a1', 'b2')

/** Fields that no sender writes, or whose words are checked before: IDs, kinds, what this collector says. */
const unwritten = new Set(
  (
    'logId tenant exporter channel signal traceIdHex spanIdHex parentSpanIdHex recordKind actorType delegatorType templateRule ' +
    'instanceRule delegatorRule promptOrigin outcome inputTrust detail textBlockHex commitmentHex ' +
    'attributes resourceAttributes events links'
  ).split(' '),
)

const none: Attributes = new Map()
const draft = (fields: object, attributes: Attributes = none, resource: Attributes = none) => ({
  record: { ...blankRecord(), ...fields },
  attributes,
  resource,
  events: [],
  links: [],
})
const written = (sealed: object): string =>
  JSON.stringify(sealed, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))

describe('redact', () => {
  it('takes a secret out of whatever column a sender writes', () => {
    for (const [field, blank] of Object.entries(blankRecord())) {
      const isList = Array.isArray(blank)
      if ((typeof blank !== 'string' && !isList) || unwritten.has(field)) continue
      const { record } = redact(draft({ [field]: isList ? [token] : `a ${token}` }))
      expect(written(record), field).not.toContain(token)
    }
  })

  it('keeps identities apart and joined that hold a secret, and leaves those that hold none', () => {
    const of = (instanceId: string) =>
      redact(draft({ instanceId, delegationChain: [instanceId] })).record
    const first = of(token)
    expect(first.instanceId).toMatch(/^sha256:[0-9a-f]{32}$/u)
    expect(first.delegationChain).toEqual([first.instanceId])
    expect(of(other).instanceId).not.toBe(first.instanceId)
    for (const id of [
      '0197c2a4-5b1e-7c3d-9f2a-6e8d4c1b0a99',
      '4111111111111111',
      'secret:prod/db',
      'dev@acme.example',
    ])
      expect(of(id).instanceId).toBe(id)
    expect(redact(draft({ resourceId: 'k8s:secret:prod/db-password' })).record.resourceId).toBe(
      'k8s:secret:prod/db-password',
    )
  })

  it('takes secrets out of keys, bytes, lists and maps of attributes, and of the resource', () => {
    const attributes: Attributes = new Map<string, never>(
      Object.entries({
        [token]: 1n,
        [other]: 2n,
        bytes: Buffer.from(`\xff password=hunter2 ${token}`, 'latin1'),
        list: ['a', [token]],
        map: new Map([['inner', `Bearer ${token}`]]),
        'slack.token': 'x0y1z2a3b4c5d6e7',
        'db.password': 12n,
        'gen_ai.usage.output_tokens': 12n,
        'cache.key': 'user:42',
      }) as never,
    )
    const record = finishRecord(
      redact(draft({}, attributes, new Map([['argv', `--token ${token}`]]))),
    )
    expect(written(record)).not.toMatch(
      new RegExp(
        `${token}|${other}|hunter2|x0y1z2a3|${Buffer.from(token).toString('base64').slice(8, 30)}`,
        'u',
      ),
    )
    const plain = JSON.parse(record.attributes) as Record<string, unknown>
    expect(plain).toMatchObject({
      '[redacted:github_token]': 1,
      '[redacted:github_token]#2': 2,
      'slack.token': '[redacted:attribute]',
      'db.password': '[redacted:attribute]',
      'gen_ai.usage.output_tokens': 12,
      'cache.key': 'user:42',
    })
    expect(
      Buffer.from(String((plain['bytes'] as { bytesValue: string }).bytesValue), 'base64').toString(
        'latin1',
      ),
    ).toBe('\xff password=[redacted:secret] [redacted:github_token]')
  })

  it('takes secrets out of events and links', () => {
    const attributes: Attributes = new Map([['note', `use ${token}`]])
    const event = { timeUnixNs: 1n, name: `got ${token}`, attributes, droppedCount: 0 }
    const link = {
      traceIdHex: 'ab'.repeat(16),
      spanIdHex: 'cd'.repeat(8),
      traceState: `v=${token}`,
      attributes,
      droppedCount: 0,
      flags: 0,
    }
    const record = finishRecord(redact({ ...draft({}), events: [event], links: [link] }))
    expect(record.events).toContain('[redacted:github_token]')
    expect(record.links).toContain('[redacted:github_token]')
    expect(written(record)).not.toContain(token)
  })
})
