import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evidenceColumns } from '../evidence/evidence-columns.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { foldActs } from './fold-act.ts'
import type { FoldedAct } from './fold-act.ts'

const blank = Object.fromEntries(
  Object.keys(evidenceColumns).map((field) => [field, '']),
) as unknown as EvidenceRecord

const trace = 'a'.repeat(32)
const keyOf = (name: string): string => `${trace}-${name}`

let clock = 0

/** A record of the trace; `parent` and the key are names. */
function record(name: string, fields: Partial<EvidenceRecord> = {}): EvidenceRecord {
  clock += 1
  const ts = `2026-11-28 02:00:00.${String(clock).padStart(9, '0')}`
  const end = `2026-11-28 02:01:00.${String(1_000_000 - clock).padStart(9, '0')}`
  const from = { exporter: 'one', channel: 'entitled' }
  const parent = fields.parent === undefined ? '' : keyOf(fields.parent)
  return { ...blank, ...from, ts, end_ts: end, name, ...fields, key: keyOf(name), parent }
}

function folded(about: string, records: readonly EvidenceRecord[]): FoldedAct | undefined {
  const byKey = new Map(records.map((one) => [one.key, one]))
  const fold = foldActs({
    keys: () => byKey.keys(),
    mergedRecord: (key) => {
      const found = byKey.get(key)
      return found && { record: found, conflicting: [], differsInContent: false, setAside: [] }
    },
  })
  return fold(keyOf(about))
}

const call = { kind: 'tool_call', tool: 'Bash', verb: 'execute' }
const inferred = { outcome: 'success', outcome_rule: 'status_unset_gen_ai_tool' }

describe('a call, its approval and its execution', () => {
  test('rejected and never executed: denied, whatever the call’s form says', () => {
    for (const form of [{ outcome: '' }, inferred]) {
      const act = folded('call', [
        record('call', { ...call, ...form }),
        record('asked', { parent: 'call', kind: 'approval', approval: 'deny', outcome: 'denied' }),
      ])
      expect(act).toMatchObject({ outcome: 'denied', key: keyOf('call') })
      expect(act?.reportedBy?.key).toBe(keyOf('asked'))
    }
  })

  test('denied once and allowed later: what came of the execution', () => {
    const asked = { parent: 'call', kind: 'approval' }
    const act = folded('call', [
      record('call', call),
      record('first', { ...asked, approval: 'deny', end_ts: '2026-11-28 02:00:01.000000000' }),
      record('second', { ...asked, approval: 'allow', end_ts: '2026-11-28 02:00:02.000000000' }),
      record('call.execution', {
        parent: 'call',
        kind: 'action',
        verb: 'execute',
        outcome: 'success',
      }),
    ])
    expect(act).toMatchObject({ outcome: 'success' })
    expect(act?.parts.size).toBe(3)
  })

  test('an execution that failed outranks the call’s form and not what the call says itself', () => {
    const ran = record('call.execution', { parent: 'call', kind: 'action', outcome: 'failure' })
    expect(folded('call', [record('call', { ...call, ...inferred }), ran])?.outcome).toBe('failure')
    expect(folded('call', [record('call', { ...call, outcome: 'success' }), ran])?.outcome).toBe(
      'success',
    )
  })
})

describe('a client’s call, its send and the server’s side', () => {
  const client = record('tools/call refund', { kind: 'tool_call', tool: 'refund', ...inferred })
  const send = record('MCP send', { parent: client.name, kind: 'tool_call', ...inferred })
  const server = record('server', { parent: send.name, kind: 'tool_call', tool: 'refund' })

  test('are one act, from whichever of them it is asked about', () => {
    const records = [client, send, { ...server, outcome: 'success' }]
    for (const { name } of records) {
      const act = folded(name, records)
      expect(act).toMatchObject({ key: client.key, outcome: 'success', tool: 'refund' })
      expect([...(act?.parts ?? [])]).toEqual([send.key, server.key])
    }
  })

  test('the server’s failure is the call’s', () => {
    const act = folded(client.name, [client, send, { ...server, outcome: 'failure' }])
    expect(act?.outcome).toBe('failure')
  })

  test('of two tries the last decides', () => {
    const first = record('try 1', {
      parent: client.name,
      kind: 'tool_call',
      outcome: 'failure',
      end_ts: '1',
    })
    const second = record('try 2', {
      parent: client.name,
      kind: 'tool_call',
      outcome: 'success',
      end_ts: '2',
    })
    expect(folded(client.name, [client, first, second])?.outcome).toBe('success')
    expect(folded(client.name, [client, { ...first, end_ts: '3' }, second])?.outcome).toBe(
      'failure',
    )
  })

  test('another exporter’s side tells of the call only where it may speak for its actor', () => {
    const actor = { actor_type: 'agent', template: 'desk', instance: 'd-1' }
    const own = { ...client, ...actor }
    const reported = (fields: Partial<EvidenceRecord>): string | undefined =>
      folded(client.name, [
        own,
        send,
        { ...server, exporter: 'two', outcome: 'failure', ...fields },
      ])?.outcome
    expect(reported({ channel: 'unbound' })).toBe('success')
    expect(reported({ channel: 'unentitled', ...actor })).toBe('success')
    expect(reported({ channel: 'entitled', ...actor, template: 'other' })).toBe('success')
    expect(reported({ channel: 'entitled', ...actor })).toBe('failure')
    expect(reported({ channel: 'entitled' })).toBe('failure')
  })
})

describe('what stays apart', () => {
  test.each([
    ['another tool', { kind: 'tool_call', tool: 'Read' }],
    ['the same tool on another thing', { kind: 'tool_call', tool: 'Bash', resource: 'file:/b' }],
    ['another call of the same tool', { kind: 'tool_call', tool: 'Bash', tool_call: 'c2' }],
    ['a request to somewhere', { kind: 'action', verb: 'send', resource: 'https://x.example/' }],
    ['a request to nowhere told', { kind: 'action', verb: 'send' }],
    ['what a model was asked', { kind: 'model_call' }],
  ])('%s', (_, fields) => {
    const act = folded('call', [
      record('call', { ...call, resource: 'file:/a', tool_call: 'c1', outcome: 'success' }),
      record('below', { parent: 'call', outcome: 'failure', ...fields }),
    ])
    expect(act).toMatchObject({ outcome: 'success', tool: 'Bash', resource: 'file:/a' })
    expect(act?.parts.size).toBe(0)
  })

  test('the same tool, called by another agent that the call started', () => {
    const act = folded('inner', [
      record('outer', call),
      record('run', { parent: 'outer', kind: 'prompt' }),
      record('inner', { parent: 'run', ...call, outcome: 'failure' }),
    ])
    expect(act?.key).toBe(keyOf('inner'))
  })

  test('parallel calls that share a call ID', () => {
    const one = record('one', {
      ...call,
      tool_call: 'task-5',
      resource: 'file:/a',
      outcome: 'success',
    })
    const two = record('two', {
      ...call,
      tool_call: 'task-5',
      resource: 'file:/b',
      outcome: 'failure',
    })
    expect(folded('one', [one, two])?.outcome).toBe('success')
    expect(folded('two', [one, two])?.outcome).toBe('failure')
  })
})

describe('a call above another exporter’s record', () => {
  const own = { ...call, actor_type: 'agent', template: 'T', instance: 'A', outcome: 'success' }
  const above = { ...own, exporter: 'two', outcome: 'failure' }

  test.each<[string, Partial<EvidenceRecord>]>([
    ['is bound to nobody', { channel: 'unbound' }],
    ['may not speak for the actor', { channel: 'unentitled' }],
    [
      'names nobody, and stands under nobody',
      { channel: 'unbound', actor_type: '', template: '', instance: '' },
    ],
  ])('takes no part of it where its exporter %s', (_what, fields) => {
    for (const part of [own, { ...own, actor_type: '', template: '', instance: '' }]) {
      const records = [
        record('call', { ...above, ...fields }),
        record('act', { ...part, parent: 'call' }),
      ]
      expect(folded('act', records)).toMatchObject({ key: keyOf('act'), outcome: 'success' })
    }
  })

  test('takes it where its exporter’s own run above it may speak for the actor', () => {
    const blank = { ...call, exporter: 'two', channel: 'unbound', parent: 'run' }
    for (const actor_type of ['', 'agent']) {
      const act = folded('act', [
        record('run', { exporter: 'two', kind: 'prompt', actor_type: 'agent', template: 'T' }),
        record('call', { ...blank, actor_type }),
        record('act', { ...call, parent: 'call', outcome: 'failure' }),
      ])
      expect(act).toMatchObject({ key: keyOf('call'), outcome: 'failure' })
    }
  })

  test('is the client’s side where the server tells of the same request, tool or none', () => {
    const read = { kind: 'action', verb: 'read', resource: 'orders://A-1', name: 'resources/read' }
    const client = { ...record('client', { ...read, span_kind: '3' }), name: read.name }
    const server = {
      ...record('server', { ...read, span_kind: '2', parent: 'send' }),
      name: read.name,
    }
    for (const kind of ['other', 'input'])
      expect(
        folded('server', [client, record('send', { kind, parent: 'client' }), server])?.key,
      ).toBe(client.key)
    const send = record('send', { kind: 'other', parent: 'client' })
    const other = { ...server, name: 'resources/list' }
    expect(folded('server', [client, send, other])?.key).toBe(server.key)
  })
})

describe('an intent and its outcome', () => {
  const actor = { actor_type: 'agent', template: 'T', instance: 'i' }
  const intent = record('intent', {
    kind: 'action',
    verb: 'delete',
    action: 'a1',
    outcome: 'unknown',
    ...actor,
  })
  const done = { kind: 'tool_call', verb: 'delete', action: 'a1', ...actor }

  test('are one act, told by the outcome', () => {
    const outcome = record('done', { ...done, outcome: 'success' })
    for (const about of ['intent', 'done'])
      expect(folded(about, [intent, outcome])).toMatchObject({
        key: outcome.key,
        outcome: 'success',
        parts: new Set([intent.key]),
      })
  })

  test('are not made one by who may not speak for the actor', () => {
    const forged = { ...done, outcome: 'failure', exporter: 'two' }
    for (const fields of [{ channel: 'unentitled' }, { channel: 'unbound' }, { template: 'U' }]) {
      const act = folded('intent', [intent, record('forged', { ...forged, ...fields })])
      expect(act).toMatchObject({ key: intent.key, outcome: 'unknown' })
    }
  })
})

test('any shape of records ends, and every record is in the act that it is said to be part of', () => {
  const name = fc.integer({ min: 0, max: 7 }).map(String)
  const shape = fc.array(
    fc.record({
      name,
      parent: name,
      kind: fc.constantFrom('tool_call', 'action', 'approval', 'other', 'prompt'),
      tool: fc.constantFrom('', 't', 'u'),
      outcome: fc.constantFrom('', 'success', 'failure', 'denied', 'unknown'),
      action: fc.constantFrom('', 'a'),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(shape, (shapes) => {
      const records = shapes.map(({ name: own, ...fields }) => record(own, fields))
      for (const one of records) {
        const act = folded(one.name, records)
        expect(act?.parts.has(act.key)).toBe(false)
        expect(act?.key === one.key || act?.parts.has(one.key)).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

describe('a call that the product’s telemetry and its hooks record', () => {
  const seen = { ...call, tool_call: 'toolu_1', template: 't', instance: 'i', actor_type: 'agent' }
  const hook = { ...seen, action: 'toolu_1' }

  test('is one act, with the outcome that the hook saw', () => {
    const records = [
      record('call', seen),
      record('intent', { ...hook, outcome: 'unknown' }),
      record('end', { ...hook, outcome: 'failure' }),
    ]
    for (const about of ['call', 'intent', 'end']) {
      const act = folded(about, records)
      expect(act).toMatchObject({ key: keyOf('call'), outcome: 'failure' })
      expect([...(act?.parts ?? [])].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
        keyOf('end'),
        keyOf('intent'),
      ])
    }
  })

  test('and that a person rejected is denied, though its hook saw it begin', () => {
    const records = [
      record('call', { ...seen, outcome: 'denied' }),
      record('intent', { ...hook, outcome: 'unknown' }),
    ]
    expect(folded('intent', records)).toMatchObject({ key: keyOf('call'), outcome: 'denied' })
  })

  test.each([
    ['call', { tool_call: 'toolu_2' }],
    ['instance', { instance: 'another' }],
    ['tool', { tool: 'Write' }],
    ['resource', { resource: 'file:/b' }],
  ])('but not with a hook of another %s', (_, other) => {
    const records = [
      record('call', { ...seen, resource: 'file:/a', outcome: 'success' }),
      record('end', { ...hook, ...other, outcome: 'failure' }),
    ]
    expect(folded('end', records)).toMatchObject({ key: keyOf('end') })
    expect(folded('call', records)).toMatchObject({ outcome: 'success' })
  })
})
