import { commitContent } from './commit-content.ts'
import type { ContentKeys } from './content-keys.ts'
import { openEnvelope } from './envelope.ts'
import type { ContentPart, EnvelopeText } from './envelope.ts'
import { keyIdBytes } from './key-files.ts'

/** A text that is wanted, by the fields of its record. */
export interface WantedContent {
  readonly tenant: string
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly part: ContentPart
  /** 64 hex digits; '' or zeroes where the record had no such text. */
  readonly commitmentHex: string
  /** The envelope's name, 48 hex digits. */
  readonly refHex: string
  readonly receivedUnixNs: bigint
}

/**
 * The state of a text.
 *
 * - `text`: as it was committed to.
 * - `withheld`: the record never had it.
 * - `erased`, `expired`: removed on record; `record` names the record, where one is known.
 * - `missing`: it should be there and is not, and no record says that it was removed.
 * - `mismatch`: the text that is there is not the one committed to.
 */
export type OpenedContent =
  | { readonly state: 'text'; readonly text: string; readonly nonce: Buffer }
  | { readonly state: 'withheld' }
  | { readonly state: 'erased'; readonly record: string; readonly at: string }
  | { readonly state: 'expired' }
  | { readonly state: 'missing' }
  | { readonly state: 'mismatch' }

/** Opens texts for those who may read them. */
export interface ContentReader {
  /** The texts that are wanted, in their order. `envelopes` are the rows of `whodid.contents` by their name, hex. */
  open(
    wanted: readonly WantedContent[],
    envelopes: ReadonlyMap<string, Buffer>,
  ): Promise<OpenedContent[]>
}

/** Text received before this time was deleted by age. Nanoseconds since 1970. */
export type ExpiredBefore = () => bigint

/**
 * Makes the reader. The keys show which texts were erased, and the database's administrator does not hold them: a
 * row that is gone while its key exists is `missing`, even if the ledger was changed to say otherwise.
 */
export function createContentReader(
  keys: Pick<ContentKeys, 'find'>,
  expiredBefore: ExpiredBefore,
): ContentReader {
  return {
    open: async (wanted, envelopes) => {
      const opened = new Map<string, Promise<Opened>>()
      const results: OpenedContent[] = []
      for (const one of wanted) {
        if (isAbsent(one.commitmentHex)) {
          results.push({ state: 'withheld' })
          continue
        }
        const { refHex, tenant } = one
        let opening = opened.get(refHex)
        if (opening === undefined) {
          opening = openOne(keys, { tenant, refHex, sealed: envelopes.get(refHex) })
          opened.set(refHex, opening)
        }
        results.push(stateOf(one, await opening, expiredBefore()))
      }
      return results
    },
  }
}

/** The state of a whole envelope. */
type Opened =
  | Exclude<OpenedContent, { readonly state: 'text' }>
  | { readonly state: 'open'; readonly texts: ReadonlyMap<string, EnvelopeText> }

interface EnvelopeRow {
  readonly tenant: string
  readonly refHex: string
  readonly sealed: Buffer | undefined
}

async function openOne(
  keys: Pick<ContentKeys, 'find'>,
  { tenant, refHex, sealed }: EnvelopeRow,
): Promise<Opened> {
  const found = await keys.find(refHex.slice(0, keyIdBytes * 2))
  if (found.state === 'erased')
    return { state: 'erased', record: found.tombstone.record, at: found.tombstone.erased_at }
  if (sealed === undefined || found.state === 'unknown') return { state: 'missing' }
  const texts = openEnvelope(sealed, found.key, { tenant, ref: Buffer.from(refHex, 'hex') })
  if (texts === undefined) return { state: 'mismatch' }
  return { state: 'open', texts: new Map(texts.map((text) => [nameOf(text), text])) }
}

function stateOf(wanted: WantedContent, opened: Opened, expiredBefore: bigint): OpenedContent {
  if (opened.state === 'missing' && wanted.receivedUnixNs < expiredBefore)
    return { state: 'expired' }
  if (opened.state !== 'open') return opened
  const entry = opened.texts.get(nameOf(wanted))
  if (entry === undefined) return { state: 'mismatch' }
  const committed = commitContent(wanted, entry.nonce, entry.text)
  if (committed !== wanted.commitmentHex.toLowerCase()) return { state: 'mismatch' }
  return { state: 'text', text: entry.text, nonce: entry.nonce }
}

function nameOf({
  traceIdHex,
  spanIdHex,
  part,
}: Pick<EnvelopeText, 'traceIdHex' | 'spanIdHex' | 'part'>): string {
  return `${traceIdHex.padStart(32, '0')}${spanIdHex.padStart(16, '0')}${part}`
}

function isAbsent(commitmentHex: string): boolean {
  return /^0*$/u.test(commitmentHex)
}
