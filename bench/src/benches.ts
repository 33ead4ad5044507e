import { runAsk } from './ask/run-ask.ts'
import { runAttribution } from './attribution/run-attribution.ts'
import type { Bench, Measure } from './bench.ts'
import { runIngest } from './ingest/run-ingest.ts'
import { runSoak } from './ingest/run-soak.ts'
import { runProof } from './proof/run-proof.ts'

/** Every bench by its name. */
export const benches: Readonly<Record<string, Bench>> = {
  ingest: (options) => (options.soakMinutes === undefined ? runIngest(options) : runSoak(options)),
  ask: runAsk,
  attribution: runAttribution,
  proof: runProof,
  sdk: notYet({
    span_cpu_ratio_to_bare_otel: 'CPU of a recorded tool call / of a bare OpenTelemetry span',
  }),
}

/** A bench whose names are fixed and whose measuring is not written: it says so, figure by figure. */
function notYet(names: Readonly<Record<string, string>>): Bench {
  const measures = Object.entries(names).map(([name, of]): Measure => ({
    name,
    value: null,
    unit: unitOf(name),
    of,
    why: 'this bench does not measure yet',
  }))
  return () => Promise.resolve(measures)
}

function unitOf(name: string): Measure['unit'] {
  return name.includes('ratio') ? 'ratio' : 'share'
}
