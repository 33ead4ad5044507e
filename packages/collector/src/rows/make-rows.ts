import type { ContentKeys } from '@whodid/content'
import { finishRecord } from '../normalize/finish-record.ts'
import { normalize } from '../normalize/normalize.ts'
import type { Refused } from '../normalize/normalize.ts'
import { redact } from '../normalize/redact.ts'
import type { OtlpStream } from '../otlp/decode.ts'
import type { MadeRows } from './made-rows.ts'
import type { RowMaker } from './row-maker.ts'

/** The rows of a request before they are logged, and the reasons for the first few of its rejected spans. */
export interface Made {
  readonly rows: MadeRows
  readonly rejection: Refused
}

/**
 * Makes rows of a request: settles the claims of its records, takes secrets out, cuts to the bounds, writes the JSON, and encrypts the
 * text. They hold no text in the clear and may be logged. The keys of new subjects are on the disk when this resolves. Throws
 * the errors of reading the stream.
 *
 * Each span becomes a row before the next is decoded: the objects it was made of are garbage at once, whereas those of a
 * whole request would outlive a collection or two and be copied by each.
 */
export async function makeRows(
  stream: OtlpStream,
  maker: RowMaker,
  keys: ContentKeys,
): Promise<Made> {
  const rejection = normalize(stream, maker.context, (draft) => {
    maker.add(finishRecord(redact(draft)))
  })
  return { rows: await maker.finish(keys), rejection }
}
