import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inheritActs } from './inherit-acts.ts'
import type { LinkRow, UnnamedRow } from './sql.ts'

const act = (key: string, fields: Partial<UnnamedRow> = {}): UnnamedRow => ({
  key,
  resource: 't:x:1',
  type: 't.x',
  verb: 'update',
  outcome: 'success',
  tool: '',
  ts: '2026-11-22 14:07:00.000000000',
  exporter: 'one',
  ...fields,
})

const link = (key: string, parent: string, fields: Partial<LinkRow> = {}): LinkRow => ({
  key,
  parent,
  actor_type: '',
  instance: '',
  template: '',
  channel: 'entitled',
  exporter: 'one',
  received_at: '2026-11-22 14:07:01.000000000',
  ...fields,
})

const agent = { actor_type: 'agent', instance: 'one' }
const tree = new Set(['one'])

test('an act belongs to the nearest instance above it, over any number of records that say nothing', () => {
  const links = [link('a', 'b'), link('b', 'c'), link('c', 'd', agent), link('d', '')]
  const [touched] = inheritActs([act('a')], links, tree)
  expect(touched).toMatchObject({
    resource: 't:x:1',
    touches: [{ grade: 'inferred', acts: '1', instances: ['one'] }],
  })
})

test.each<[string, readonly LinkRow[]]>([
  [
    'a human stands between',
    [link('a', 'b'), link('b', 'c', { actor_type: 'human' }), link('c', '', agent)],
  ],
  [
    'the nearest is another instance',
    [link('a', 'b'), link('b', 'c', { ...agent, instance: 'two' }), link('c', '', agent)],
  ],
  ['the way is broken', [link('a', 'gone'), link('c', '', agent)]],
  ['the way is a circle', [link('a', 'b'), link('b', 'a')]],
  ['the record is its own parent', [link('a', 'a')]],
  ['nothing is on record', []],
])('it belongs to nobody of the tree where %s', (_what, links) => {
  expect(inheritActs([act('a')], links, tree)).toEqual([])
})

test('a claim whose exporter may not make it stays a contradiction', () => {
  const links = [link('a', 'b'), link('b', '', { ...agent, channel: 'unentitled' })]
  expect(inheritActs([act('a')], links, tree)[0]?.touches[0]?.grade).toBe('contradicted')
})

describe('a record that names nobody, of another exporter than that of the instance above it', () => {
  const claim = { ...agent, template: 'desk' }
  const web = (exporter: string, channel: string, more: readonly LinkRow[] = []): LinkRow[] => [
    link('a', 'b', { exporter, channel }),
    link('b', '', claim),
    ...more,
  ]
  const found = (links: readonly LinkRow[], exporter: string) =>
    inheritActs([act('a', { exporter })], links, tree)

  test.each<[string, LinkRow[]]>([
    ['is bound to others', web('other', 'unbound')],
    [
      'speaks for another agent',
      web('other', 'unbound', [
        link('x', '', {
          exporter: 'other',
          actor_type: 'agent',
          template: 'rival',
          instance: 'r-1',
        }),
      ]),
    ],
    [
      'stands in between',
      [
        link('a', 'm'),
        link('m', 'b', { exporter: 'other', channel: 'unbound' }),
        link('b', '', claim),
      ],
    ],
  ])('counts for nobody where it %s', (_what, links) => {
    expect(found(links, links[0]?.exporter ?? '')).toEqual([])
  })

  test.each<[string, LinkRow[]]>([
    ['is infrastructure', web('other', 'entitled')],
    [
      'may speak for the same agent',
      web('other', 'unbound', [
        link('x', '', { exporter: 'other', actor_type: 'agent', template: 'desk' }),
      ]),
    ],
  ])('counts where it %s', (_what, links) => {
    expect(found(links, 'other')[0]?.touches[0]).toMatchObject({ instances: ['one'], acts: '1' })
  })

  test('is judged by its own record, whoever else uses its span ID', () => {
    const own = link('a', 'b', { channel: 'unbound' })
    const forged = link('a', 'b', { exporter: 'other', channel: 'unbound' })
    for (const links of [
      [own, forged, link('b', '', claim)],
      [forged, own, link('b', '', claim)],
    ]) {
      expect(found(links, 'other')).toEqual([])
      expect(found(links, 'one')).toHaveLength(1)
    }
  })

  test('loses no instance above it to a later version of that record', () => {
    const later = { exporter: 'other', actor_type: 'agent', template: 'rival', instance: 'r-1' }
    const again = link('b', '', { ...later, received_at: '2026-11-22 14:08:00.000000000' })
    expect(found([link('a', 'b'), link('b', '', claim), again], 'one')).toHaveLength(1)
  })
})

test('acts of one kind are counted, with the first and the last, and a copy once', () => {
  const links = ['a', 'b', 'c'].map((key) => link(key, 'up')).concat(link('up', '', agent))
  const acts = [
    act('b', { ts: '2' }),
    act('a', { ts: '1' }),
    act('c', { ts: '3', tool: 'sql' }),
    act('a'),
  ]
  expect(inheritActs(acts, links, tree)[0]?.touches).toEqual([
    {
      verb: 'update',
      outcome: 'success',
      grade: 'inferred',
      acts: '3',
      first: '1',
      last: '3',
      instances: ['one'],
      tools: ['sql'],
    },
  ])
})

test('any web of records ends, and gives acts to instances of the tree only', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const links = fc.array(
    fc.record({
      key: name,
      parent: name,
      actor_type: fc.constantFrom('', 'agent', 'human'),
      instance: fc.constantFrom('', 'one', 'two'),
      template: fc.constantFrom('', 'desk'),
      channel: fc.constantFrom('entitled', 'unbound', 'unentitled'),
      exporter: fc.constantFrom('one', 'other'),
      received_at: fc.constantFrom('1', '2'),
    }),
  )
  fc.assert(
    fc.property(links, fc.array(name), (web, keys) => {
      const touched = inheritActs(
        keys.map((key) => act(key)),
        web,
        tree,
      )
      for (const { touches } of touched)
        for (const touch of touches) expect(touch.instances).toEqual(['one'])
    }),
  )
})

test('a line of 10,000 records is given up, not walked for ever', () => {
  const line = Array.from({ length: 10_000 }, (_, n) => link(`${n}`, `${n + 1}`))
  expect(inheritActs([act('0')], [...line, link('10000', '', agent)], tree)).toEqual([])
})
