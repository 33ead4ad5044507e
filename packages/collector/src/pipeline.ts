import type { ContentKeys } from '@whodid/content'
import type { HostCheck } from '@whodid/model'
import type { Authenticate } from './authenticate.ts'
import type { BodyRoom } from './http/read-body.ts'
import type { CollectorLimits } from './limits.ts'
import type { Appended, CommitLog } from './log/commit-log.ts'
import type { Reception } from './make-draft.ts'
import { makeRecords } from './make-records.ts'
import type { MadeRecords } from './make-records.ts'
import { decode, decodeStream } from './otlp/decode.ts'
import type { OtlpEncoding, OtlpSignal } from './otlp/decode.ts'
import type { Quarantine, RejectedBatch } from './quarantine/quarantine.ts'

/** What the write path works with. */
export interface Pipeline {
  readonly authenticate: Authenticate
  readonly log: Pick<CommitLog, 'append'>
  /** The keys that the text of records is encrypted under before it is logged. */
  readonly keys: ContentKeys
  readonly quarantine: Pick<Quarantine, 'keep'>
  readonly limits: CollectorLimits
  readonly hostCheck: HostCheck
  readonly room: BodyRoom
  readonly nowUnixNs: () => bigint
}

/** An OTLP request, by whatever transport it comes. */
export interface OtlpRequest {
  readonly signal: OtlpSignal
  /** The header or the metadata of that name. */
  readonly authorization: string | undefined
  /** Gives the message once its sender is known. The bytes are not touched after `release`. */
  readonly receive: () => Promise<Received>
}

/** A message as it came, unpacked. */
export interface Received {
  readonly encoding: OtlpEncoding
  readonly bytes: Buffer
  readonly release: () => void
}

/** What a request came to. Its records are durable, but for the rejected ones. */
export interface Accepted extends Appended {
  readonly encoding: OtlpEncoding
  readonly rejection: Pick<MadeRecords['rejection'], 'count' | 'message'>
  /** Of the rejected ones, how many are kept in quarantine: all or, past its bounds, none. */
  readonly quarantinedCount: number
  /** Attributes, events and links that could not be read; the records that they were of count them. */
  readonly unreadPartCount: number
}

/**
 * The write path, step by step: authenticate, receive, decode, normalize, seal (redact, cut, encrypt), log. When it returns, the caller may
 * acknowledge; ClickHouse gets the records from the log, behind. Throws a WhodidError, and then none of the request's
 * records is acknowledged.
 */
export async function ingest(request: OtlpRequest, pipeline: Pipeline): Promise<Accepted> {
  const { signal } = request
  const receivedUnixNs = pipeline.nowUnixNs()
  const exporter = pipeline.authenticate(request.authorization)
  const { encoding, bytes, release } = await request.receive()
  try {
    const message = { signal, encoding, bytes }
    const reception = { exporter, receivedUnixNs }
    const { appending, rejection, rejected } = await take(message, reception, pipeline)
    const appended = await appending
    const isKept = rejected !== undefined && (await pipeline.quarantine.keep(rejected))
    const { unreadPartCount } = rejection
    const quarantinedCount = isKept ? rejection.count - rejection.unreadCount : 0
    const told = toldOf(rejection, isKept)
    return { encoding, quarantinedCount, unreadPartCount, ...appended, rejection: told }
  } finally {
    release()
  }
}

interface Taken {
  readonly appending: Promise<Appended>
  readonly rejection: MadeRecords['rejection']
  readonly rejected: RejectedBatch | undefined
}

/** The steps that need the message as objects. None outlives them: a flush is long, and what it outlives is copied. */
async function take(
  { signal, encoding, bytes }: Pick<Received, 'encoding' | 'bytes'> & { signal: OtlpSignal },
  reception: Reception,
  { limits, log, keys }: Pipeline,
): Promise<Taken> {
  const body = { bytes, encoding, signal, limits }
  const { records, rejection } = await makeRecords(decodeStream(body), reception, keys)
  const appending = log.append(records)
  if (rejection.count === rejection.unreadCount)
    return { appending, rejection, rejected: undefined }
  const { exporter, receivedUnixNs } = reception
  const rejected = { batch: decode(body), exporter: exporter.name, receivedUnixNs }
  return { appending, rejection, rejected }
}

function toldOf(
  { count, message, unreadCount }: MadeRecords['rejection'],
  isKept: boolean,
): Pick<MadeRecords['rejection'], 'count' | 'message'> {
  if (count === unreadCount) return { count, message }
  const where = isKept ? 'kept in quarantine' : 'not kept: the quarantine is full or failed'
  return {
    count,
    message: `${message} (${where}${unreadCount > 0 ? ', but for those that could not be read' : ''})`,
  }
}
