import type { ContentKeys } from '@whodid/content'
import { WhodidError } from '@whodid/model'
import type { CollectorLimits } from './limits.ts'
import { decode } from './otlp/decode.ts'
import type { Pipeline } from './pipeline.ts'
import { makeRows } from './rows/make-rows.ts'
import { RowMaker } from './rows/row-maker.ts'

/** Events of another system's log. */
export interface ImportedRequest {
  readonly tenant: string
  /** The importer; stands on the records as their exporter. */
  readonly importer: string
  /** The events as spans, in OTLP/JSON. */
  readonly request: object
}

/** The parts of the write path that an import goes through. */
export interface ImportDeps extends Pick<Pipeline, 'nowUnixNs'> {
  readonly log: Pipeline['log']
  readonly keys: ContentKeys
  readonly limits: CollectorLimits
}

/**
 * Takes events of another system's log as records, by the same steps as a span: normalize, redact, encrypt, log, seal. Their channel is
 * `imported`, whatever they say. They are durable when it resolves. Throws `invalid_body` when one of them is no record, and then takes
 * none; and the errors of the log.
 */
export async function takeImported(
  { tenant, importer, request }: ImportedRequest,
  { log, keys, limits, nowUnixNs }: ImportDeps,
): Promise<void> {
  const client = {
    name: importer,
    tenant,
    tokenSha256: '',
    templates: null,
    humans: false,
    services: false,
    imports: true,
  }
  const bytes = Buffer.from(JSON.stringify(request))
  const batch = decode({ bytes, encoding: 'json', signal: 'spans', limits })
  const maker = new RowMaker({ client, receivedUnixNs: nowUnixNs() }, log.logId)
  const { rows, rejection } = await makeRows(batch, maker, keys)
  if (rejection.count > 0)
    throw new WhodidError('invalid_body', `an event expected a record: ${rejection.message}`)
  await log.appendRows(rows)
}
