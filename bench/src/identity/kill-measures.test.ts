import { expect, it } from 'vitest'
import { killMeasures } from './kill-measures.ts'

const killed = (point: 'sdk' | 'launcher' | 'mcp_proxy', ms: number) => ({
  point,
  orderedAtMs: 1_000,
  lastRanAtMs: 1_000 + ms,
})

it('gives the time to the last act by point, the shares of the classes, and why a measure is missing', () => {
  const measures = killMeasures({
    subscribed: 10,
    killed: [killed('sdk', -300), killed('sdk', 10), killed('mcp_proxy', 200)],
    cascade: { descendants: 2, processes: 1, lastActsS: [0, 0.5] },
    classes: [
      'before_revocation',
      'revocation_indeterminate',
      'before_revocation',
      'after_revocation_proven',
    ],
  })
  const valueOf = (name: string) => measures.find((measure) => measure.name === name)?.value
  expect(valueOf('kill_to_last_act_p99_s')).toBeCloseTo(0.1962, 5)
  // An act before the order is no exposure.
  expect(valueOf('kill_to_last_act_p99_s_sdk')).toBeCloseTo(0.0099, 5)
  expect(valueOf('kill_to_last_act_p99_s_launcher')).toBeNull()
  expect(valueOf('cascade_to_last_act_p99_s')).toBeCloseTo(0.495, 5)
  expect(valueOf('indeterminate_share')).toBe(0.25)
  expect(valueOf('after_proven_share')).toBe(0.25)
  for (const { value, why } of measures) expect(value ?? why).toBeDefined()
})
