import type { BenchOptions, Measure } from '../bench.ts'
import { measureKills } from './measure-kills.ts'
import { sealMeasures } from './seal-measures.ts'

/** Measures the end of agents, by killing some at work, and the cost of their seals. Throws what either finds wrong. */
export async function runIdentity(options: BenchOptions): Promise<readonly Measure[]> {
  return [...(await measureKills(options)), ...sealMeasures(options.quick)]
}
