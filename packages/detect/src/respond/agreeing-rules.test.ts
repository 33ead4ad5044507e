import { expect, test } from 'vitest'
import { agreeingRules } from './agreeing-rules.ts'
import type { NamingHit } from './agreeing-rules.ts'

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

const all = (): boolean => true

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

test("another's record, or one of a sender that may not speak for the instance, counts for nothing", () => {
  const hits = [hit('a'), hit('b', { spans: ['forged', 'own'] })]
  const isOwn = (span: string, instance: string) => span !== 'forged' && instance === 'i1'
  expect(agreeingRules(hits, isOwn)).toHaveLength(1)
  expect(agreeingRules([hit('a'), hit('b', { spans: ['forged'] })], isOwn)).toEqual([])
  expect(agreeingRules(hits, () => false)).toEqual([])
})
