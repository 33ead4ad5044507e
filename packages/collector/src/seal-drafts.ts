import { sealContents } from '@whodid/content'
import type { ContentKeys } from '@whodid/content'
import type { LedgerRecord } from '@whodid/model'
import type { Draft } from './draft.ts'
import { redact } from './redact.ts'
import { sealDraft } from './seal-draft.ts'

/**
 * Makes records of drafts: takes secrets out, cuts to the bounds, writes the JSON, and encrypts the text. What comes out
 * holds no text in the clear and may be logged. The keys of new subjects are on the disk when this resolves.
 */
export async function sealDrafts(
  drafts: readonly Draft[],
  keys: ContentKeys,
): Promise<LedgerRecord[]> {
  const records = drafts.map((draft) => sealDraft(redact(draft)))
  await sealContents(keys, records)
  return records
}
