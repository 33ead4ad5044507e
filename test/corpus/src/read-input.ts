import type { Run } from './run.ts'
import { spanRefOf } from './sim-span.ts'
import type { SimSpan } from './sim-span.ts'

/** Content that entered the context of an instance. */
export interface ReadInput {
  /** The record that tells of it, `<trace>-<span>`. */
  readonly span: string
  readonly instance: string
  readonly trust: 'trusted' | 'untrusted' | 'unknown'
  readonly atNs: bigint
}

/** Lets content enter the context of a run, at its present. */
export function readInput(
  run: Run,
  source: string,
  trust: ReadInput['trust'] = 'untrusted',
): SimSpan {
  const span = run.note('input', `read ${source}`, inputAttributes(run, source, trust))
  heard(run, span, trust)
  return span
}

/** Lets content enter through a tool: the record of the call tells of it. */
export function readThroughTool(run: Run, source: string): SimSpan {
  const extra = inputAttributes(run, source, 'untrusted')
  const { span } = run.call({ verb: 'read', resource: run.scene.ownResource(), extra })
  heard(run, span, 'untrusted')
  return span
}

/** What a record says of content that was read. */
export function inputAttributes(
  run: Run,
  source: string,
  trust: ReadInput['trust'],
): Readonly<Record<string, string>> {
  return {
    'whodid.input.source': source,
    'whodid.input.trust': trust,
    'whodid.input.hash': `sha256:${run.scene.chance.hex(64)}`,
  }
}

function heard(run: Run, span: SimSpan, trust: ReadInput['trust']): void {
  const { instance, scene } = run
  scene.record.reads.push({ span: spanRefOf(span), instance, trust, atNs: span.startNs })
}
