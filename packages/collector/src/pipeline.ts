import type { ContentKeys } from '@whodid/content'
import type { CollectorLimits } from './limits.ts'
import type { RequestContext } from './normalize/draft.ts'
import { decode, decodeStream } from './otlp/decode.ts'
import type { OtlpEncoding, OtlpSignal } from './otlp/decode.ts'
import type { Quarantine, RejectedBatch } from './quarantine/quarantine.ts'
import { sealedBatch } from './seals/sealed-batch.ts'
import type { SealingIdentity } from './seals/sealed-batch.ts'
import { makeRows } from './rows/make-rows.ts'
import type { Made } from './rows/make-rows.ts'
import { RowMaker } from './rows/row-maker.ts'
import type { Authenticate } from './senders/ingest-clients.ts'
import type { Appended, WriteAheadLog } from './wal/write-ahead-log.ts'

/** The parts that the write path uses. */
export interface Pipeline {
  readonly authenticate: Authenticate
  readonly log: Pick<WriteAheadLog, 'appendRows' | 'logId'>
  /** The keys that the text of records is encrypted under before it is logged. */
  readonly keys: ContentKeys
  readonly quarantine: Pick<Quarantine, 'keep'>
  readonly limits: CollectorLimits
  readonly nowUnixNs: () => bigint
  /** The instance tokens by which seals are verified. */
  readonly identity: SealingIdentity
}

/** An OTLP request, from any transport. */
export interface OtlpRequest {
  readonly signal: OtlpSignal
  /** The header or the metadata of that name. */
  readonly authorization: string | undefined
  /** Gives the message. Is called once the sender is known. The bytes are not touched after `release`. */
  readonly receive: () => Promise<Message>
}

/** A message, unpacked. */
export interface Message {
  readonly encoding: OtlpEncoding
  readonly bytes: Buffer
  readonly release: () => void
}

/** The outcome of a request. Its records are durable, except for the rejected ones. */
export interface Accepted extends Appended {
  readonly encoding: OtlpEncoding
  readonly rejection: Pick<Made['rejection'], 'count' | 'message'>
  /** The number of rejected ones that are kept in quarantine: all or, past its bounds, none. */
  readonly quarantinedCount: number
  /** Attributes, events and links that could not be read; the records that they were of count them. */
  readonly unreadPartCount: number
}

/**
 * The write path, step by step: authenticate, receive, decode, normalize, redact, finish, encrypt, log. The caller may
 * acknowledge once it resolves; ClickHouse gets the records from the log later. Throws a WhodidError, and then none of the
 * request's records is acknowledged.
 */
export async function ingest(request: OtlpRequest, pipeline: Pipeline): Promise<Accepted> {
  const { signal } = request
  const receivedUnixNs = pipeline.nowUnixNs()
  const client = pipeline.authenticate(request.authorization)
  const { encoding, bytes, release } = await request.receive()
  try {
    const message = { signal, encoding, bytes }
    const { appending, rejection, rejected } = await take(
      message,
      { client, receivedUnixNs },
      pipeline,
    )
    const appended = await appending
    const isKept = rejected !== undefined && (await pipeline.quarantine.keep(rejected))
    const { unreadPartCount } = rejection
    const quarantinedCount = isKept ? rejection.count - rejection.unreadCount : 0
    const reported = reportedOf(rejection, isKept)
    return { encoding, quarantinedCount, unreadPartCount, ...appended, rejection: reported }
  } finally {
    release()
  }
}

interface Taken {
  readonly appending: Promise<Appended>
  readonly rejection: Made['rejection']
  readonly rejected: RejectedBatch | undefined
}

/** The steps that need the message as objects. None outlives them: a flush is long, and objects that outlive it are copied. */
async function take(
  { signal, encoding, bytes }: Pick<Message, 'encoding' | 'bytes'> & { signal: OtlpSignal },
  context: RequestContext,
  { limits, log, keys, identity }: Pipeline,
): Promise<Taken> {
  const body = { bytes, encoding, signal, limits }
  const sealed = sealedBatch(body, {
    client: context.client,
    identity,
    nowUnixNs: context.receivedUnixNs,
  })
  const maker = new RowMaker({ ...context, seals: sealed.seals }, log.logId)
  const stream = sealed.batch ?? decodeStream({ ...body, take: maker.take })
  const { rows, rejection } = await makeRows(stream, maker, keys)
  const appending = log.appendRows(rows)
  if (rejection.count === rejection.unreadCount)
    return { appending, rejection, rejected: undefined }
  const { client, receivedUnixNs } = context
  const rejected = { batch: decode(body), exporter: client.name, receivedUnixNs }
  return { appending, rejection, rejected }
}

function reportedOf(
  { count, message, unreadCount }: Made['rejection'],
  isKept: boolean,
): Pick<Made['rejection'], 'count' | 'message'> {
  if (count === unreadCount) return { count, message }
  const where = isKept ? 'kept in quarantine' : 'not kept: the quarantine is full or failed'
  return {
    count,
    message: `${message} (${where}${unreadCount > 0 ? ', but for those that could not be read' : ''})`,
  }
}
