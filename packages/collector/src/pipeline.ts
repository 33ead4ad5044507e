import type { IncomingMessage } from 'node:http'
import type { Authenticate } from './authenticate.ts'
import { readBody } from './http/read-body.ts'
import type { BodyRoom } from './http/read-body.ts'
import { parseHead, parseSignal } from './http/request-head.ts'
import type { RequestHead } from './http/request-head.ts'
import type { CollectorLimits } from './limits.ts'
import type { Appended, CommitLog } from './log/commit-log.ts'
import { normalize } from './normalize.ts'
import type { Normalized } from './normalize.ts'
import { decode } from './otlp/decode.ts'
import { redact } from './redact.ts'
import { sealDraft } from './seal-draft.ts'

/** What the write path works with. */
export interface Pipeline {
  readonly authenticate: Authenticate
  readonly log: Pick<CommitLog, 'append'>
  readonly limits: CollectorLimits
  readonly room: BodyRoom
  readonly nowUnixNs: () => bigint
}

/** What a request came to. Its records are durable, but for the rejected ones. */
export interface Accepted extends Appended {
  readonly head: RequestHead
  readonly rejection: Normalized['rejection']
}

/**
 * The write path, step by step: receive, authenticate, decode, normalize, redact, log. When it returns, the caller may
 * acknowledge; ClickHouse gets the records from the log, behind. Throws a WhodidError, and then none of the request's
 * records is acknowledged.
 */
export async function ingest(request: IncomingMessage, pipeline: Pipeline): Promise<Accepted> {
  const { limits, room } = pipeline
  const receivedUnixNs = pipeline.nowUnixNs()
  const signal = parseSignal(request)
  const exporter = pipeline.authenticate(request.headers.authorization)
  const head = parseHead(request, signal)
  const body = await readBody({ request, packing: head.packing, limits, room })
  try {
    const batch = decode({ bytes: body.bytes, encoding: head.encoding, signal, limits })
    const { drafts, rejection } = normalize(batch, { exporter, receivedUnixNs })
    const records = drafts.map((draft) => sealDraft(redact(draft)))
    const appended = await pipeline.log.append(records)
    return { head, rejection, ...appended }
  } finally {
    body.release()
  }
}
