import { WhodidError } from '@whodid/model'
import type { Exporter } from '../exporter.ts'
import { makeRecords } from '../make-records.ts'
import { decode } from '../otlp/decode.ts'
import type { Pipeline } from '../pipeline.ts'
import type { RejectedBatch } from './quarantine.ts'
import type { QuarantineEntry } from './quarantine-entry.ts'

/**
 * Takes a quarantined request through the write path again, as its own exporter with what that may speak for today. The
 * good spans are durable when it resolves. Throws `not_found` when the exporter is gone, and what the log throws.
 */
export async function replayEntry(
  entry: QuarantineEntry,
  pipeline: Pick<Pipeline, 'log' | 'keys' | 'limits' | 'nowUnixNs'>,
  exporterNamed: (name: string) => Exporter | undefined,
): Promise<RejectedBatch> {
  const exporter = exporterNamed(entry.exporter)
  if (exporter === undefined)
    throw new WhodidError('not_found', `there is no exporter "${entry.exporter}" any more`)
  const receivedUnixNs = pipeline.nowUnixNs()
  const bytes = Buffer.from(JSON.stringify(entry.request))
  const { limits } = pipeline
  const batch = decode({ bytes, encoding: 'json', signal: 'spans', limits })
  const { records } = await makeRecords(batch, { exporter, receivedUnixNs }, pipeline.keys)
  await pipeline.log.append(records)
  return { batch, exporter: exporter.name, receivedUnixNs }
}
