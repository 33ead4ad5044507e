import { describe, expect, it } from 'vitest'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { reportGhosts } from '../ghosts/report-ghosts.ts'
import type { Coverage } from './coverage.ts'
import { reconcile } from './match-events.ts'
import type { PersonOf } from './match-rules.ts'
import type { Reconciled, SealedEvent } from './match-events.ts'
import type { RecordedAct } from './recorded-act.ts'

const second = 1_000_000_000n
const start = BigInt(Date.parse('2026-11-27T14:00:00Z')) * 1_000_000n
const at = (seconds: number): bigint => start + BigInt(seconds) * second
const traceIdHex = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanIdHex = '00f067aa0ba902b7'
const pull = 'github:pull:acme/app/812'

function act(fields: Partial<RecordedAct> = {}): RecordedAct {
  return {
    id: 'act-1',
    spans: [`${traceIdHex}-${spanIdHex}`],
    startUnixNs: at(10),
    endUnixNs: at(11),
    receivedUnixNs: at(12),
    verdict: 'agent',
    verb: 'update',
    outcome: 'success',
    resource: pull,
    template: 'repo-triage',
    instance: '0199-a',
    user: '',
    delegator: 'dev@acme.example',
    credential: 'sha256:dev',
    toolCall: 'call-1',
    ...fields,
  }
}

let count = 0
function seen(fields: Partial<ImportedEvent> = {}): SealedEvent {
  count += 1
  const span = `${'f'.repeat(32)}-${String(count).padStart(16, '0')}`
  const base = { system: 'github', operation: 'pull_request.merge', atUnixNs: at(11) }
  return {
    event: importedEvent({
      ...base,
      verb: 'update',
      person: 'dev@acme.example',
      id: span,
      ...fields,
    }),
    span,
    receivedUnixNs: at(100),
  }
}

const carrying = (carried: Partial<ImportedEvent['carried']>): Partial<ImportedEvent> => ({
  carried: { ...nothingCarried, ...carried },
})

const coverage: Coverage = {
  system: 'github',
  resources: ['github:pull:acme/app'],
  fromUnixNs: at(0),
  toUnixNs: at(60),
  verbs: [],
  sampling: 1,
  delaySeconds: 10,
  clockErrorSeconds: 2,
}

function compare(
  events: readonly SealedEvent[],
  acts: readonly RecordedAct[],
  coverages: readonly Coverage[] = [],
): Reconciled {
  return reconcile({ events, acts, coverages })
}

const one = (event: SealedEvent, acts: readonly RecordedAct[]): unknown => {
  const [matched] = compare([event], acts).events
  return [matched?.result, matched?.reason, matched?.rule]
}

describe('rules', () => {
  it.each<[string, Partial<ImportedEvent>, string]>([
    ['the span carried through', carrying({ traceIdHex, spanIdHex }), 'carried_span'],
    ['the action’s ID', carrying({ action: 'act-1' }), 'carried_action'],
    [
      'the trace, on the same thing',
      { ...carrying({ traceIdHex }), resource: pull },
      'carried_trace',
    ],
    ['the instance, by the same verb', carrying({ instance: '0199-a' }), 'carried_instance'],
    [
      'the credential, on the same thing',
      { credential: 'sha256:dev', resource: pull },
      'credential',
    ],
    ['the tool call', carrying({ toolCall: 'call-1' }), 'tool_call'],
    ['the thing, the verb and the time', { resource: pull }, 'same_act'],
  ])('%s', (_, fields, rule) => {
    expect(one(seen(fields), [act()])).toEqual(['confirmed', 'one_record', rule])
  })

  it('takes the strongest rule that finds any', () => {
    const other = act({
      id: 'act-2',
      spans: [`${'b'.repeat(32)}-${'1'.repeat(16)}`],
      instance: '0199-b',
    })
    const event = seen({
      ...carrying({ action: 'act-2' }),
      resource: pull,
      credential: 'sha256:dev',
    })
    const [matched] = compare([event], [act(), other]).events
    expect(matched).toMatchObject({ rule: 'carried_action', agent: '0199-b' })
  })

  it('knows two names of one person where it is told so, and no others', () => {
    const event = seen({ resource: pull, person: 'dev' })
    const personOf: PersonOf = (name) => (name === 'dev' ? 'dev@acme.example' : name)
    const judged = (given?: PersonOf): unknown => {
      const told = given === undefined ? {} : { personOf: given }
      const [matched] = reconcile({ events: [event], acts: [act()], coverages: [], ...told }).events
      return [matched?.result, matched?.reason]
    }
    expect(judged()).toEqual(['undetermined', 'authority_unknown'])
    expect(judged(personOf)).toEqual(['confirmed', 'one_record'])
    expect(judged((name) => (name === 'dev' ? 'other' : name))).toEqual([
      'undetermined',
      'authority_unknown',
    ])
  })

  it('leaves open what the credential alone joins: a person may hold it too', () => {
    const open = ['undetermined', 'thing_unknown', 'credential']
    expect(one(seen({ credential: 'sha256:dev' }), [act()])).toEqual(open)
    const event = seen({ credential: 'sha256:dev', resource: pull })
    expect(one(event, [act({ resource: '' })])).toEqual(open)
  })

  it.each<[string, string]>([
    ['s3://acme-files/1', 's3://acme-files/2'],
    ['https://api.acme.example/orders/1', 'https://api.acme.example/orders/2'],
    ['db:row:shop/customers/1', 'github:pull:acme/app/1'],
  ])('lays an act on %s to no act on %s by the credential', (done, recorded) => {
    const event = seen({ credential: 'sha256:dev', resource: done })
    expect(one(event, [act({ resource: recorded })])).toEqual([
      'undetermined',
      'no_record',
      undefined,
    ])
  })

  it.each<[string, Partial<ImportedEvent>]>([
    ['too late for the clock error', { resource: pull, atUnixNs: at(17) }],
    ['by another verb', { resource: pull, verb: 'delete' }],
    ['on another thing', { resource: 'github:pull:acme/app/813' }],
    ['with another credential', { resource: pull, credential: 'sha256:sam' }],
    [
      'by the credential, on another thing',
      { resource: 'github:pull:acme/app/813', credential: 'sha256:dev' },
    ],
    ['by the credential, at another time', { credential: 'sha256:dev', atUnixNs: at(50) }],
  ])('finds nothing %s', (_, fields) => {
    expect(one(seen(fields), [act()])).toEqual(['undetermined', 'no_record', undefined])
  })

  it('goes by the clock error that the importer declares', () => {
    const late = seen({ resource: pull, atUnixNs: at(17) })
    const { events } = compare([late], [act()], [{ ...coverage, clockErrorSeconds: 6 }])
    expect(events[0]?.result).toBe('confirmed')
  })
})

describe('results of events', () => {
  it('stays open between the acts of two actors', () => {
    const other = act({ id: 'act-2', instance: '0199-b', spans: [] })
    expect(one(seen({ resource: pull }), [act(), other])).toEqual([
      'undetermined',
      'several_records',
      'same_act',
    ])
  })

  it.each([{ person: 'sam' }, { person: '' }])(
    'lays nothing to an actor by the thing and the time alone, %j',
    (fields) => {
      const [matched] = compare([seen({ resource: pull, ...fields })], [act()], [coverage]).events
      expect(matched).toMatchObject({
        result: 'undetermined',
        reason: 'authority_unknown',
        agent: '',
      })
      expect(matched?.acts).toHaveLength(1)
    },
  )

  it('names the one actor of several acts, and confirms none of them', () => {
    const twin = act({ id: 'act-2', spans: [] })
    const { events, acts } = compare([seen({ resource: pull })], [act(), twin], [coverage])
    expect(events[0]).toMatchObject({ result: 'confirmed', reason: 'several_records_of_one_actor' })
    expect(acts).toEqual([])
  })

  it('leaves two like events of one act open: one of them has no record', () => {
    const events = [seen({ resource: pull }), seen({ resource: pull, atUnixNs: at(12) })]
    expect(compare(events, [act()]).events.map(({ reason }) => reason)).toEqual([
      'several_events',
      'several_events',
    ])
    const exact = [seen(carrying({ action: 'act-1' })), seen(carrying({ action: 'act-1' }))]
    expect(compare(exact, [act()]).events.map(({ result }) => result)).toEqual([
      'confirmed',
      'confirmed',
    ])
  })

  it.each<[string, Partial<ImportedEvent>, Partial<RecordedAct>, string]>([
    ['the outcome', { outcome: 'denied' }, {}, 'outcome_differs'],
    ['a failure that happened', { outcome: 'success' }, { outcome: 'failure' }, 'outcome_differs'],
    ['the thing', { resource: 'github:pull:acme/app/1' }, {}, 'thing_differs'],
    [
      'a human’s record with an agent’s mark',
      { marks: [{ by: 'system', field: 'actor_is_agent', value: 's' }] },
      { verdict: 'human', user: 'dev', instance: '', template: '' },
      'human_record_with_agent_mark',
    ],
  ])('is contradicted in %s', (_, fields, recorded, reason) => {
    const event = seen({ ...carrying({ action: 'act-1' }), ...fields })
    expect(one(event, [act(recorded)])).toEqual(['contradicted', reason, 'carried_action'])
  })

  it('is contradicted by the instance that it carries', () => {
    const event = seen(carrying({ action: 'act-1', instance: '0199-z' }))
    expect(one(event, [act()])).toEqual(['contradicted', 'instance_differs', 'carried_action'])
  })

  it('does not compare a statement’s row with a table', () => {
    const event = seen({ ...carrying({ action: 'act-1' }), resource: 'db:row:shop/customers/42' })
    expect(one(event, [act({ resource: 'db:table:shop/customers' })])).toEqual([
      'confirmed',
      'one_record',
      'carried_action',
    ])
  })

  it.each<[string, Partial<ImportedEvent>, string, string]>([
    [
      'the system’s own statement',
      { marks: [{ by: 'system', field: 'actor_is_agent', value: 'session-1' }] },
      'system_states_agent',
      'session-1',
    ],
    [
      'what the client carried',
      { marks: [{ by: 'client', field: 'user_agent', value: 'codex' }] },
      'client_carries_agent_mark',
      'codex',
    ],
    [
      'a run on record without this act',
      { ...carrying({ traceIdHex }), verb: 'delete', resource: 'github:pull:acme/app/9' },
      'run_without_this_act',
      '0199-a',
    ],
  ])('is an agent’s without a record, by %s', (_, fields, reason, agent) => {
    const [matched] = compare([seen({ atUnixNs: at(40), ...fields })], [act()]).events
    expect(matched).toMatchObject({ result: 'agent_unrecorded', reason, agent, acts: [] })
  })

  it('is a human’s only by a human’s record', () => {
    const human = act({ verdict: 'human', user: 'Dev@acme.example', instance: '', template: '' })
    expect(one(seen({ resource: pull }), [human])).toEqual(['human', 'one_record', 'same_act'])
    expect(one(seen({ resource: pull }), [])).toEqual(['undetermined', 'no_record', undefined])
  })
})

describe('results of acts', () => {
  const absent = (recorded: Partial<RecordedAct>, declared: Partial<Coverage>): unknown =>
    compare([], [act(recorded)], [{ ...coverage, ...declared }]).acts.map(({ result }) => result)

  it('is absent only where the log declares that it would have it', () => {
    expect(compare([], [act()]).acts).toEqual([])
    expect(absent({}, {})).toEqual(['not_seen_downstream'])
  })

  it.each<[string, Partial<RecordedAct>, Partial<Coverage>]>([
    ['another repository whose name begins so', { resource: 'github:pull:acme/app2/1' }, {}],
    ['a read', { verb: 'read' }, {}],
    ['a failed act', { outcome: 'failure' }, {}],
    ['a human’s act', { verdict: 'human' }, {}],
    ['a log that samples', {}, { sampling: 0.5 }],
    ['a verb that the log has not', {}, { verbs: ['delete'] }],
    ['an act before the period', { startUnixNs: at(1), endUnixNs: at(1) }, {}],
    ['an act whose event may yet come', { endUnixNs: at(49) }, {}],
  ])('says nothing of %s', (_, recorded, declared) => {
    expect(absent(recorded, declared)).toEqual([])
  })

  it('is confirmed by its event', () => {
    const event = seen(carrying({ action: 'act-1' }))
    expect(compare([event], [act()], [coverage]).acts).toMatchObject([
      { result: 'confirmed', events: [event.span] },
    ])
  })
})

describe('reportGhosts', () => {
  it('groups borrowed, unexplained and unconfirmed acts, with the dwell time of each incident', () => {
    const report = reportGhosts(
      compare(
        [
          seen({ ...carrying({ action: 'act-1' }), credential: 'sha256:dev' }),
          seen({
            marks: [{ by: 'system', field: 'actor_is_agent', value: 's-9' }],
            atUnixNs: at(40),
          }),
          seen({
            marks: [{ by: 'system', field: 'actor_is_agent', value: 's-9' }],
            atUnixNs: at(20),
          }),
          seen({ atUnixNs: at(30), person: 'sam' }),
        ],
        [
          act(),
          act({ id: 'act-3', spans: [], resource: 'github:pull:acme/app/9', credential: '' }),
        ],
        [coverage],
      ),
    )
    expect(report.counts).toMatchObject({
      events: 4,
      confirmed: 1,
      agent_unrecorded: 2,
      undetermined: 1,
      acts_confirmed: 1,
      acts_not_seen_downstream: 1,
    })
    expect(report.by.person).toEqual([
      { name: 'dev@acme.example', borrowed: 3, unexplained: 0, unconfirmed: 1 },
      { name: 'sam', borrowed: 0, unexplained: 1, unconfirmed: 0 },
    ])
    expect(report.incidents).toMatchObject([
      { agent: '0199-a', acts: 1, dwellSeconds: 89 },
      { agent: 's-9', acts: 2, firstUnixNs: at(20), lastUnixNs: at(40), dwellSeconds: 80 },
    ])
    expect(report.dwell).toEqual([{ day: '2026-11-27', incidents: 2, medianSeconds: 84.5 }])
  })

  it('compares 20,000 events with 20,000 acts of one credential in linear steps', () => {
    const acts = Array.from({ length: 20_000 }, (_, n) =>
      act({
        id: `act-${n}`,
        spans: [`${traceIdHex}-${String(n).padStart(16, '0')}`],
        startUnixNs: at(n * 20),
        endUnixNs: at(n * 20 + 1),
        resource: `${pull}${n}`,
      }),
    )
    const events = acts.map(({ resource, endUnixNs }) =>
      seen({ resource, atUnixNs: endUnixNs, credential: 'sha256:dev' }),
    )
    const { events: matched } = compare(events, acts)
    expect(matched.every(({ reason }) => reason === 'one_record')).toBe(true)
  })
})
