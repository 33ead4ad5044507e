import { readFileSync } from 'node:fs'
import { blankRecord, canonicalRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { ocsfEvent } from './ocsf-event.ts'
import { recordRow } from '@whodid/model'

interface Attribute {
  readonly type: string
  readonly requirement: string
  readonly is_array?: boolean
  readonly enum?: Readonly<Record<string, string>>
  readonly sibling?: string
  readonly profiles?: readonly string[]
}

interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly constraints?: { readonly at_least_one?: readonly string[] }
}

interface Schema {
  readonly version: string
  readonly classes: Readonly<Record<string, Shape & { readonly profiles: readonly string[] }>>
  readonly objects: Readonly<Record<string, Shape>>
  readonly types: Readonly<Record<string, string>>
}

// Sound: the file is made for this test; its README says how.
const schema = JSON.parse(
  readFileSync(new URL('../../../test/vectors/ocsf/1.9.0.json', import.meta.url), 'utf8'),
) as Schema
const apiActivity = schema.classes['api_activity']!

/** Returns the faults that the compiled schema finds in an event; [] when there are none. */
function faultsOf(event: Readonly<Record<string, unknown>>): string[] {
  const metadata = event['metadata'] as { version?: string; profiles?: string[] } | undefined
  const profiles = metadata?.profiles ?? []
  return [
    ...(metadata?.version === schema.version ? [] : [`metadata.version: ${metadata?.version}`]),
    ...profiles
      .filter((profile) => !apiActivity.profiles.includes(profile))
      .map((profile) => `metadata.profiles: ${profile}`),
    ...shapeFaults(event, apiActivity, { path: '', profiles }),
    ...typeFaults(event),
  ]
}

interface Place {
  readonly path: string
  readonly profiles: readonly string[]
}

function shapeFaults(
  value: Readonly<Record<string, unknown>>,
  { attributes, constraints }: Shape,
  { path, profiles }: Place,
): string[] {
  const applies = (one: Attribute | undefined): one is Attribute =>
    one !== undefined &&
    (one.profiles === undefined || one.profiles.some((profile) => profiles.includes(profile)))
  const missing = Object.entries(attributes)
    .filter(([name, one]) => applies(one) && one.requirement === 'required' && !(name in value))
    .map(([name]) => `${path}${name}: required`)
  const oneOf = constraints?.at_least_one ?? []
  const none =
    oneOf.length > 0 && !oneOf.some((name) => name in value)
      ? [`${path}: one of ${oneOf.join()}`]
      : []
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const attribute = attributes[name]
    const at = `${path}${name}`
    if (!applies(attribute)) return [`${at}: unknown attribute`]
    if (attribute.is_array !== true) return valueFaults(member, attribute, { path: at, profiles })
    if (!Array.isArray(member) || member.length === 0) return [`${at}: no list`]
    return member.flatMap((one) => valueFaults(one, attribute, { path: at, profiles }))
  })
  return [...missing, ...none, ...inside, ...siblingFaults(value, attributes, path)]
}

function valueFaults(value: unknown, { type, enum: choices }: Attribute, place: Place): string[] {
  const { path } = place
  if (choices !== undefined && !(String(value) in choices)) return [`${path}: no ID of the enum`]
  const isPlain = plainTypes[schema.types[type] ?? type]
  if (isPlain !== undefined) return isPlain(value) ? [] : [`${path}: no ${type}`]
  if (typeof value !== 'object' || value === null) return [`${path}: no object`]
  if (type === 'object') return emptyFaults(value, path)
  const shape = schema.objects[type]
  if (shape === undefined) return [`${path}: the object ${type} is not in the file`]
  return shapeFaults(value as Record<string, unknown>, shape, { ...place, path: `${path}.` })
}

const plainTypes: Readonly<Record<string, (value: unknown) => boolean>> = {
  string_t: (value) => typeof value === 'string' && value.trim() !== '',
  integer_t: Number.isSafeInteger,
  long_t: Number.isSafeInteger,
  boolean_t: (value) => typeof value === 'boolean',
}

/** Unmapped members are free in form; empty ones are left out all the same. */
function emptyFaults(value: object, path: string): string[] {
  const hits = JSON.stringify(value).match(/"":|:""|\[\]|\{\}/gu) ?? []
  return hits.map((hit) => `${path}: ${hit}`)
}

/** A caption stands beside each ID of an enumeration, and is that ID's, but for 99, which the source names. */
function siblingFaults(
  value: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, Attribute>>,
  path: string,
): string[] {
  return Object.entries(attributes).flatMap(([name, { enum: choices, sibling }]) => {
    if (choices === undefined || sibling === undefined || !(name in value)) return []
    const [id, caption] = [value[name], value[sibling]]
    const isRight = id === 99 ? typeof caption === 'string' : caption === choices[String(id)]
    return isRight ? [] : [`${path}${sibling}: ${String(caption)} beside ${String(id)}`]
  })
}

/** The IDs that the class fixes, and the type that follows from them. */
function typeFaults(event: Readonly<Record<string, unknown>>): string[] {
  const expected = {
    class_uid: 6003,
    category_uid: 6,
    type_uid: 600_300 + Number(event['activity_id']),
  }
  return Object.entries(expected)
    .filter(([name, value]) => event[name] !== value)
    .map(([name]) => `${name}: ${String(event[name])}`)
}

function eventOf(fields: Partial<LedgerRecord>): Readonly<Record<string, unknown>> {
  const record: LedgerRecord = {
    ...blankRecord(),
    logId: 'whodid.example/acme/c1',
    logIndex: 3,
    traceIdHex: 'ab'.repeat(16),
    spanIdHex: 'cd'.repeat(8),
    startUnixNs: 1_790_000_000_123_456_789n,
    endUnixNs: 1_790_000_001_123_456_789n,
    receivedUnixNs: 1_790_000_002_000_000_000n,
    ...fields,
  }
  // An event is made of what has been written and read back, as in a package.
  return JSON.parse(JSON.stringify(ocsfEvent(recordRow(canonicalRecord(record))))) as Record<
    string,
    unknown
  >
}

const whole: Partial<LedgerRecord> = {
  tenant: 'default',
  exporter: 'ci',
  channel: 'entitled',
  name: 'execute_tool merge_pull_request',
  serviceName: 'merge-bot',
  recordKind: 'tool_call',
  actorType: 'agent',
  templateId: 'merge-bot',
  templateName: 'Merge bot',
  templateVersion: '1.4.2',
  instanceId: 'i-7',
  instanceParentId: 'i-1',
  delegatorId: 'dev@acme.example',
  delegatorType: 'human',
  delegatorIssuer: 'https://idp.acme.example',
  delegationId: 'd-2',
  delegationParentId: 'd-1',
  delegationScopes: ['repo'],
  delegationChain: ['dev@acme.example', 'i-7'],
  correlationId: 'inc-1',
  toolName: 'merge_pull_request',
  verb: 'update',
  outcome: 'success',
  resourceId: 'github:pull:acme/app/812',
  resourceType: 'github:pull',
  parentSpanIdHex: '12'.repeat(8),
}

describe('ocsfEvent', () => {
  it('says who, for whom, what and when in the places that OCSF 1.9.0 has for it', () => {
    const event = eventOf(whole)
    expect(faultsOf(event)).toEqual([])
    expect(event).toMatchObject({
      activity_id: 3,
      activity_name: 'Update',
      type_name: 'API Activity: Update',
      status: 'Success',
      time: 1_790_000_000_123,
      duration: 1000,
      metadata: { version: '1.9.0', profiles: ['ai_operation', 'trace'] },
      actor: { user: { uid: 'dev@acme.example', type_id: 1, type: 'User' } },
      ai_agent: { uid: 'merge-bot', name: 'Merge bot', version: '1.4.2', instance_uid: 'i-7' },
      resources: [{ uid: 'github:pull:acme/app/812', type: 'github:pull' }],
      trace: { span: { start_time: 1_790_000_000_123, end_time: 1_790_000_001_123 } },
      unmapped: { delegation: { uid: 'd-2', parent_uid: 'd-1', scopes: ['repo'] } },
    })
    expect(event).not.toHaveProperty('ai_operation')
    expect(event).not.toHaveProperty('delegation')
  })

  it('leaves out what a record does not say', () => {
    const event = eventOf({})
    expect(faultsOf(event)).toEqual([])
    for (const name of ['ai_agent', 'resources', 'status_detail'])
      expect(event).not.toHaveProperty(name)
    expect(JSON.stringify(event)).not.toMatch(/:""|\[\]|\{\}/u)
  })

  test.each([
    ['a person', { actorType: 'human', userId: 'kim' }, { uid: 'kim', type: 'User' }],
    ['a service', { delegatorId: 'cron', delegatorType: 'service' }, { type: 'Service' }],
    ['a schedule', { delegatorId: 'nightly', delegatorType: 'schedule' }, { type_id: 99 }],
    ['somebody', { delegatorId: 'who', delegatorType: '' }, { type: 'Unknown' }],
  ] as const)('names %s behind an act', (_, fields, user) => {
    const event = eventOf(fields)
    expect(faultsOf(event)).toEqual([])
    expect(event).toMatchObject({ actor: { user } })
  })

  it('never makes an agent its actor', () => {
    const event = eventOf({ ...whole, delegatorId: 'i-1', delegatorType: 'agent' })
    expect(faultsOf(event)).toEqual([])
    expect(event['actor']).toEqual({ app_name: 'merge-bot' })
    expect(event).toMatchObject({ unmapped: { delegator: { uid: 'i-1', type: 'agent' } } })
  })

  it('holds to the schema whatever a record says', () => {
    const text = fc.oneof(
      fc.constant(''),
      fc.constant(' '),
      fc.constantFrom('create', 'execute', 'delete', 'prompt', '\u0000', '\u202e'),
      fc.string({ unit: 'binary', maxLength: 20 }).map((one) => one.toWellFormed()),
    )
    // As many as a record has, and no type of the model's: a record holds what its sender said.
    const names = Object.entries(blankRecord())
      .filter(([name, value]) => value === '' && !/Hex$|^log/u.test(name))
      .map(([name]) => name)
    const records = fc.record(
      {
        ...Object.fromEntries(names.map((name) => [name, text])),
        actorType: fc.constantFrom('', 'agent', 'human', 'service'),
        delegatorType: fc.constantFrom('', 'agent', 'human', 'service', 'schedule', 'none'),
        outcome: fc.constantFrom('', 'success', 'failure', 'denied', 'unknown'),
        verb: fc.constantFrom('', 'create', 'read', 'update', 'delete', 'send', 'x y', ' '),
        delegationScopes: fc.array(text, { maxLength: 3 }),
        startUnixNs: fc.bigInt(-(10n ** 18n), 2n * 10n ** 18n),
        endUnixNs: fc.bigInt(-(10n ** 18n), 2n * 10n ** 18n),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      // Sound: what is made has the fields' names and the types of their columns.
      fc.property(records, (fields) => {
        expect(faultsOf(eventOf(fields as Partial<LedgerRecord>))).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describe('the check', () => {
  const event = eventOf(whole)
  test.each([
    [{ ai_operation: {} }, 'ai_operation: unknown attribute'],
    [{ delegation: { uid: 'd' } }, 'delegation: unknown attribute'],
    [{ actor: {} }, 'actor.: one of'],
    [{ src_endpoint: undefined }, 'src_endpoint: required'],
    [{ activity_name: 'update' }, 'activity_name: update beside 3'],
    [{ activity_id: 7 }, 'activity_id: no ID of the enum'],
    [{ message: '' }, 'message: no string_t'],
    [{ time: '2026' }, 'time: no timestamp_t'],
    [{ trace: { uid: 'a', span: { uid: 'b' } } }, 'trace.span.start_time: required'],
    [{ metadata: { ...(event['metadata'] as object), profiles: ['trace'] } }, 'ai_agent: unknown'],
    [{ unmapped: { a: '' } }, 'unmapped: :""'],
  ])('finds %j', (change, fault) => {
    const changed = JSON.parse(JSON.stringify({ ...event, ...change })) as Record<string, unknown>
    expect(faultsOf(changed).join('\n')).toContain(fault)
  })
})
