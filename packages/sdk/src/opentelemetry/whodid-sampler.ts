import { trace } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace-base'
import type { Sampler } from '@opentelemetry/sdk-trace-base'
import { scopeOfContext } from '../context/scope.ts'
import { ScopeSpan } from '../context/scope-span.ts'

/**
 * Lets {@link whodidSpanProcessor} see what the application's own sampler leaves out below a run. The decision of `sampler`
 * stands for every other processor: what it drops is recorded for the ledger alone and not marked as sampled, and a span directly
 * below a run that no span of the application encloses is decided as a root, as it was without the run.
 *
 * @example
 * new NodeSDK({ sampler: whodidSampler(new TraceIdRatioBasedSampler(0.1)), spanProcessors: [whodidSpanProcessor()] })
 */
export function whodidSampler(sampler: Sampler): Sampler {
  return {
    shouldSample: (context, ...rest) => {
      const scope = scopeOfContext(context)
      if (scope === undefined) return sampler.shouldSample(context, ...rest)
      const span = trace.getSpan(context)
      const isRoot = span instanceof ScopeSpan && !span.isBelowApplication
      const asked = isRoot ? trace.deleteSpan(context) : context
      const result = sampler.shouldSample(asked, ...rest)
      return result.decision === SamplingDecision.NOT_RECORD
        ? { ...result, decision: SamplingDecision.RECORD }
        : result
    },
    toString: () => `WhodidSampler{${sampler.toString()}}`,
  }
}
