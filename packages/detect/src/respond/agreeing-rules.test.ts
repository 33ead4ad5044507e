import { expect, test } from 'vitest'
import { agreeingRules } from './agreeing-rules.ts'
import type { NamingHit, RecordOwner } from './agreeing-rules.ts'

function hit(rule: string, more: Partial<NamingHit> = {}): NamingHit {
  return {
    findingId: `${rule}-1`,
    rule,
    severity: 'high',
    instance: 'i1',
    foundAtUnixNs: 1n,
    spans: [`record of ${rule}`],
    ...more,
  }
}

const all = (): RecordOwner => 'own'

test('two rules on two records agree', () => {
  expect(agreeingRules([hit('b'), hit('a', { severity: 'low' })], all)).toEqual([
    {
      instance: 'i1',
      findings: [
        { id: 'a-1', rule: 'a', severity: 'low' },
        { id: 'b-1', rule: 'b', severity: 'high' },
      ],
    },
  ])
})

test.each<[string, NamingHit[]]>([
  [
    'one rule, however severe and often',
    [
      hit('a', { severity: 'critical' }),
      hit('a', { severity: 'critical', findingId: 'a-2', spans: ['another'] }),
    ],
  ],
  ['two rules on the same record', [hit('a', { spans: ['x'] }), hit('b', { spans: ['x'] })]],
  ['two rules on two instances', [hit('a'), hit('b', { instance: 'i2' })]],
  [
    'two rules of which none is high',
    [hit('a', { severity: 'medium' }), hit('b', { severity: 'low' })],
  ],
  ['a rule that rests on no record', [hit('a'), hit('b', { spans: [] })]],
  ['nothing', []],
])('no agreement: %s', (_, hits) => {
  expect(agreeingRules(hits, all)).toEqual([])
})

test("a hit that rests on one record of somebody else counts for nothing, a parent's adds none", () => {
  const hits = [hit('a'), hit('b', { spans: ['other', 'own'] })]
  const withOther =
    (owner: RecordOwner) =>
    (span: string): RecordOwner =>
      span === 'other' ? owner : 'own'
  expect(agreeingRules(hits, withOther(undefined))).toEqual([])
  expect(agreeingRules(hits, withOther('parent'))).toHaveLength(1)
  const onOne = [hit('a', { spans: ['own'] }), hit('b', { spans: ['other', 'own'] })]
  expect(agreeingRules(onOne, withOther('parent'))).toEqual([])
  expect(agreeingRules(hits, () => undefined)).toEqual([])
})
