import { WhodidError } from '@whodid/model'
import { decode } from '../otlp/decode.ts'
import { makeRows } from '../rows/make-rows.ts'
import type { Pipeline } from '../pipeline.ts'
import { RowMaker } from '../rows/row-maker.ts'
import type { IngestClient } from '../senders/ingest-clients.ts'
import type { QuarantineEntry } from './quarantine-entry.ts'
import type { RejectedBatch } from './quarantine.ts'

/**
 * Takes a quarantined request through the write path again, with the rights that its ingest client has today. The good spans
 * are durable when it resolves. Throws `not_found` when the client is gone, and the errors of the log.
 */
export async function replayEntry(
  entry: QuarantineEntry,
  pipeline: Pick<Pipeline, 'log' | 'keys' | 'limits' | 'nowUnixNs'>,
  clientNamed: (name: string) => IngestClient | undefined,
): Promise<RejectedBatch> {
  const client = clientNamed(entry.exporter)
  if (client === undefined)
    throw new WhodidError('not_found', `there is no exporter "${entry.exporter}" any more`)
  const receivedUnixNs = pipeline.nowUnixNs()
  const bytes = Buffer.from(JSON.stringify(entry.request))
  const { limits } = pipeline
  const batch = decode({ bytes, encoding: 'json', signal: 'spans', limits })
  const context = { client, receivedUnixNs }
  const maker = new RowMaker(context, pipeline.log.logId)
  const { rows } = await makeRows(batch, maker, pipeline.keys)
  await pipeline.log.appendRows(rows)
  return { batch, exporter: client.name, receivedUnixNs }
}
