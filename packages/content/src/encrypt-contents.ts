import { randomFillSync } from 'node:crypto'
import type { LedgerRecord, PendingText, TextBlock } from '@whodid/model'
import { commitText } from './commit-text.ts'
import type { ContentKey, ContentKeys } from './content-keys.ts'
import { blockNameBytes, sealBlock } from './text-block.ts'
import { entryBytesMax, partBitsOf, textAtOf, writeEntry } from './text-entry.ts'

/** Plain bytes after which a block is closed and another begun. */
const blockBytes = 128 * 1024

/**
 * Takes the text out of records, in place: the commitment stays with the record, the text becomes an entry that waits for
 * {@link sealTexts}. Every key is on the disk before this resolves, so that a record logged afterwards can be read after any
 * crash.
 *
 * Records without text are left as they are.
 */
export async function commitContents(
  keys: ContentKeys,
  records: readonly LedgerRecord[],
): Promise<void> {
  const withText = records.filter((record) => hasText(record))
  const subjects = new Map<string, Set<string>>()
  for (const record of withText) {
    const own = subjects.get(record.tenant)
    if (own === undefined) subjects.set(record.tenant, new Set([contentSubject(record)]))
    else own.add(contentSubject(record))
  }
  for (const [tenant, own] of subjects) {
    const ready = await keys.keysFor(tenant, own)
    commitAll(
      withText.filter((record) => record.tenant === tenant),
      ready,
    )
  }
}

function hasText({ content, result, detail }: LedgerRecord): boolean {
  return content !== '' || result !== '' || detail !== ''
}

type ReadyKeys = Awaited<ReturnType<ContentKeys['keysFor']>>

/** The entries of one request under way; zeroed once they are copied to where they wait. */
let scratch = Buffer.alloc(2 * blockBytes)

/** Bytes of the scratch that is kept from one request to the next. */
const keptBytesMax = 1024 * 1024

function commitAll(records: readonly LedgerRecord[], ready: ReadyKeys): void {
  let length = 0
  const ends: number[] = []
  for (const record of records) {
    const needed = length + entryBytesMax(record)
    if (needed > scratch.length) scratch = Buffer.concat([scratch], 2 * needed)
    const entry = writeEntry(scratch, length, record)
    const { saltKey } = keyOf(ready, record)
    record.commitmentHex = commitText(saltKey, record, { bytes: scratch, entry }).commitmentHex
    length = entry.end
    ends.push(length)
  }
  // One copy for all: it is as large as the texts, and lives until they are encrypted.
  const entries = Buffer.from(scratch.subarray(0, length))
  scratch.fill(0, 0, length)
  if (scratch.length > keptBytesMax) scratch = Buffer.alloc(keptBytesMax)
  for (const [index, record] of records.entries()) {
    const { idHex, blockKey } = keyOf(ready, record)
    record.pendingText = {
      tenant: record.tenant,
      keyIdHex: idHex,
      blockKey,
      partBits: partBitsOf(record),
      entry: entries.subarray(ends[index - 1] ?? 0, ends[index]),
    }
    record.content = ''
    record.result = ''
    record.detail = ''
  }
}

function keyOf(ready: ReadyKeys, record: LedgerRecord): ContentKey {
  const key = ready.get(contentSubject(record))
  if (key === undefined) throw new Error('a key was asked for and not given')
  return key
}

/** The place of a text in its block: what `text_block` and `text_at` hold. */
export interface SealedText {
  readonly block: TextBlock
  readonly textAt: number
}

/**
 * Encrypts texts, those of one subject together, and zeroes what they were: a text can be sealed once. Returns the place of
 * each, in their order.
 */
export function sealTexts(texts: readonly PendingText[]): SealedText[] {
  const groups = new Map<string, { readonly text: PendingText; readonly index: number }[]>()
  for (const [index, text] of texts.entries()) {
    const name = `${text.keyIdHex}${text.tenant}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [{ text, index }])
    else group.push({ text, index })
  }
  const places: SealedText[] = []
  for (const group of groups.values()) {
    let from = 0
    while (from < group.length) {
      let end = from
      let bytes = 0
      while (end < group.length && bytes < blockBytes) {
        bytes += group[end]?.text.entry.length ?? 0
        end += 1
      }
      const held = group.slice(from, end)
      const block = sealGroup(held.map(({ text }) => text))
      let offset = 0
      for (const { text, index } of held) {
        places[index] = { block, textAt: textAtOf(offset, text.partBits) }
        offset += text.entry.length
      }
      from = end
    }
  }
  return places
}

function sealGroup(texts: readonly PendingText[]): TextBlock {
  const [first] = texts
  if (first === undefined) throw new Error('a block was asked for of no text')
  const { tenant, keyIdHex, blockKey } = first
  const name = Buffer.alloc(blockNameBytes)
  randomFillSync(name, name.write(keyIdHex, 'hex'))
  const plain = Buffer.concat(texts.map(({ entry }) => entry))
  const sealed = sealBlock(plain, blockKey, { tenant, name })
  plain.fill(0)
  for (const { entry } of texts) entry.fill(0)
  return { tenant, nameHex: name.toString('hex'), sealed }
}

/** Commits to the texts of records and encrypts them, in place: {@link commitContents}, then {@link sealTexts}. */
export async function encryptContents(
  keys: ContentKeys,
  records: readonly LedgerRecord[],
): Promise<void> {
  await commitContents(keys, records)
  const waiting = records.filter(({ pendingText }) => pendingText !== undefined)
  const sealed = sealTexts(waiting.flatMap(({ pendingText }) => pendingText ?? []))
  for (const [index, record] of waiting.entries()) {
    const place = sealed[index]
    if (place === undefined) continue
    record.pendingText = undefined
    record.textBlock = place.block
    record.textBlockHex = place.block.nameHex
    record.textAt = place.textAt
  }
}

/** The claims that name the subject of a record's text, whose key encrypts it. */
export type SubjectClaims = Pick<
  LedgerRecord,
  'actorType' | 'delegatorId' | 'userId' | 'instanceId' | 'exporter'
>

/**
 * The subject of a record's text, as a handle: the person or service on whose behalf it was said, else the instance that
 * said it. Text that names neither belongs to its ingest client, `unattributed:<client>`, and can be erased only with all of
 * that client's.
 */
export function contentSubject(record: SubjectClaims): string {
  if (record.delegatorId !== '') return `delegator:${record.delegatorId}`
  // A human's own act: the handle `delegator:<id>` means the person in both roles.
  if (record.actorType === 'human' && record.userId !== '') return `delegator:${record.userId}`
  if (record.instanceId !== '') return `instance:${record.instanceId}`
  if (record.userId !== '') return `delegator:${record.userId}`
  return `unattributed:${record.exporter}`
}
