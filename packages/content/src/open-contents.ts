import { hasPart, textParts } from '@whodid/model'
import type { TextPart } from '@whodid/model'
import { commitText, disclosePart, idsOf } from './commit-text.ts'
import type { Disclosure, TextCommitment } from './commit-text.ts'
import type { ContentKeys } from './content-keys.ts'
import { keyIdBytes } from './key-files.ts'
import { openBlock } from './text-block.ts'
import { entryOffset, readEntry } from './text-entry.ts'
import type { TextEntry } from './text-entry.ts'

/** A text that is wanted, by the fields of its record. */
export interface WantedContent {
  readonly tenant: string
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly part: TextPart
  /** 64 hex digits. */
  readonly commitmentHex: string
  /** The block's name, 48 hex digits. */
  readonly textBlockHex: string
  /** The offset of the record's entry in the block, and the parts that it has; 0 where the record has no text. */
  readonly textAt: number
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
  | { readonly state: 'text'; readonly text: string; readonly disclosure: Disclosure }
  | { readonly state: 'withheld' }
  | { readonly state: 'erased'; readonly record: string; readonly at: string }
  | { readonly state: 'expired' }
  | { readonly state: 'missing' }
  | { readonly state: 'mismatch' }

/** Opens texts for those who may read them. */
export interface ContentReader {
  /** The texts that are wanted, in their order. `blocks` are the rows of `whodid.contents` by their name, hex. */
  open(
    wanted: readonly WantedContent[],
    blocks: ReadonlyMap<string, Buffer>,
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
    open: async (wanted, blocks) => {
      const opened = new Map<string, Promise<Opened>>()
      const results: OpenedContent[] = []
      let last: Checked | undefined
      for (const one of wanted) {
        if (!hasPart(one.textAt, one.part)) {
          results.push({ state: 'withheld' })
          continue
        }
        const { textBlockHex, tenant } = one
        const name = `${textBlockHex}${tenant}`
        let opening = opened.get(name)
        if (opening === undefined) {
          opening = openOne(keys, { tenant, textBlockHex, sealed: blocks.get(textBlockHex) })
          opened.set(name, opening)
        }
        const block = await opening
        // The parts of a record are asked for one after another.
        if (last === undefined || !isSameRecord(last.record, one))
          last = { record: one, entry: block.state === 'open' ? check(one, block) : undefined }
        results.push(stateOf(one, { block, entry: last.entry }, expiredBefore()))
      }
      return results
    },
  }
}

/** The state of a whole block. */
type Opened =
  Exclude<OpenedContent, { readonly state: 'text' }> | ({ readonly state: 'open' } & OpenBlock)

interface OpenBlock {
  readonly bytes: Buffer
  readonly saltKey: Buffer
}

/** The entry of a record, as it was committed to; undefined when there is none or it is another. */
interface Checked {
  readonly record: WantedContent
  readonly entry: CheckedEntry | undefined
}

interface CheckedEntry {
  readonly bytes: Buffer
  readonly entry: TextEntry
  readonly commitment: TextCommitment
}

interface BlockRow {
  readonly tenant: string
  readonly textBlockHex: string
  readonly sealed: Buffer | undefined
}

async function openOne(
  keys: Pick<ContentKeys, 'find'>,
  { tenant, textBlockHex, sealed }: BlockRow,
): Promise<Opened> {
  const found = await keys.find(textBlockHex.slice(0, keyIdBytes * 2))
  if (found.state === 'erased')
    return { state: 'erased', record: found.tombstone.record, at: found.tombstone.erased_at }
  if (sealed === undefined || found.state === 'unknown') return { state: 'missing' }
  const { blockKey, saltKey } = found
  const bytes = openBlock(sealed, blockKey, { tenant, name: Buffer.from(textBlockHex, 'hex') })
  return bytes === undefined ? { state: 'mismatch' } : { state: 'open', bytes, saltKey }
}

function check(wanted: WantedContent, { bytes, saltKey }: OpenBlock): CheckedEntry | undefined {
  const entry = readEntry(bytes, entryOffset(wanted.textAt))
  if (entry === undefined) return undefined
  if (textParts.some((part) => hasPart(wanted.textAt, part) !== (entry.parts[part] !== undefined)))
    return undefined
  const place = { tenant: wanted.tenant, ids: idsOf(wanted.traceIdHex, wanted.spanIdHex) }
  const commitment = commitText(saltKey, place, { bytes, entry })
  if (commitment.commitmentHex !== wanted.commitmentHex.toLowerCase()) return undefined
  return { bytes, entry, commitment }
}

function stateOf(
  { part, receivedUnixNs }: WantedContent,
  { block, entry: checked }: { readonly block: Opened; readonly entry: CheckedEntry | undefined },
  expiredBefore: bigint,
): OpenedContent {
  if (block.state === 'missing' && receivedUnixNs < expiredBefore) return { state: 'expired' }
  if (block.state !== 'open') return block
  const extent = checked?.entry.parts[part]
  if (checked === undefined || extent === undefined) return { state: 'mismatch' }
  return {
    state: 'text',
    text: checked.bytes.toString('utf8', extent.start, extent.end),
    disclosure: disclosePart(checked.commitment, part),
  }
}

function isSameRecord(a: WantedContent, b: WantedContent): boolean {
  return (
    a.textAt === b.textAt &&
    a.textBlockHex === b.textBlockHex &&
    a.spanIdHex === b.spanIdHex &&
    a.traceIdHex === b.traceIdHex &&
    a.tenant === b.tenant &&
    a.commitmentHex === b.commitmentHex
  )
}
