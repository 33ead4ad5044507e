import { sealContents } from '@whodid/content'
import type { ContentKeys } from '@whodid/content'
import type { LedgerRecord } from '@whodid/model'
import type { Reception } from './make-draft.ts'
import { normalize } from './normalize.ts'
import type { Refused } from './normalize.ts'
import type { OtlpStream } from './otlp/decode.ts'
import { redact } from './redact.ts'
import { sealDraft } from './seal-draft.ts'

/** What a request came to, before it is logged. */
export interface MadeRecords {
  readonly records: LedgerRecord[]
  /** Spans that cannot stand in the ledger, and why the first few cannot. */
  readonly rejection: Refused
}

/**
 * Makes records of a request: settles what each claims, takes secrets out, cuts to the bounds, writes the JSON, and encrypts
 * the text. What comes out holds no text in the clear and may be logged. The keys of new subjects are on the disk when
 * this resolves. Throws what reading the stream throws.
 *
 * One span is gone through to its record before the next is decoded: what it was made of is garbage at once, where that of
 * a whole request would outlive a collection or two and be copied by each.
 */
export async function makeRecords(
  stream: OtlpStream,
  reception: Reception,
  keys: ContentKeys,
): Promise<MadeRecords> {
  const records: LedgerRecord[] = []
  const rejection = normalize(stream, reception, (draft) => {
    records.push(sealDraft(redact(draft)))
  })
  await sealContents(keys, records)
  return { records, rejection }
}
