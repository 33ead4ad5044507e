import { expect, it } from 'vitest'
import { sealMeasures } from './seal-measures.ts'

it('gives the cost of making and of verifying a seal, a span', () => {
  const measures = sealMeasures(true)
  expect(measures.map(({ name }) => name)).toEqual([
    'seal_verify_cpu_us_per_span',
    'seal_make_cpu_us_per_span',
  ])
  for (const { value, unit } of measures) {
    expect(unit).toBe('us')
    expect(value).toBeGreaterThan(0)
  }
})
