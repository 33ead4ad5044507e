import { randomFillSync } from 'node:crypto'
import type { LedgerRecord, PendingText, TextBlock } from '@whodid/model'
import { commitText, idsBytes } from './commit-text.ts'
import type { ContentKeys } from './content-keys.ts'
import { blockNameBytes, sealBlock } from './text-block.ts'
import { entryBytesMax, partBitsOf, readEntry, textAtOf, writeEntry } from './text-entry.ts'

/** Plain bytes after which a block is closed and another begun. */
const blockBytes = 128 * 1024

/** Texts of records that came together, of one tenant, that wait for their commitments. */
export interface TextEntries {
  readonly tenant: string
  /** The entries, one after another. */
  readonly bytes: Buffer
  /** The end of each. */
  readonly ends: readonly number[]
  /** The trace ID and the span ID of each record, 24 bytes. */
  readonly ids: Buffer
  /** The subject of each: see {@link contentSubject}. */
  readonly subjects: readonly string[]
}

/** A text, and the commitment that stays with its record. */
export interface CommittedText {
  readonly commitmentHex: string
  readonly pending: PendingText
}

/**
 * Commits to texts. Every key is on the disk before this resolves, so that a record logged afterwards can be read after any crash. The
 * entries wait for {@link sealTexts} where they are.
 */
export async function commitEntries(
  keys: ContentKeys,
  { tenant, bytes, ends, ids, subjects }: TextEntries,
): Promise<CommittedText[]> {
  if (ends.length === 0) return []
  const ready = await keys.keysFor(tenant, new Set(subjects))
  let start = 0
  return ends.map((end, index) => {
    const key = ready.get(subjects[index] ?? '')
    const entry = readEntry(bytes, start)
    if (key === undefined || entry === undefined) throw new Error('a text has no key or no entry')
    const at = index * idsBytes
    const place = { tenant, ids: ids.subarray(at, at + idsBytes) }
    const { commitmentHex } = commitText(key.saltKey, place, { bytes, entry })
    const pending = {
      tenant,
      keyIdHex: key.idHex,
      blockKey: key.blockKey,
      partBits: bytes[start] ?? 0,
      entry: bytes.subarray(start, end),
    }
    start = end
    return { commitmentHex, pending }
  })
}

/**
 * Takes the text out of records, in place: the commitment stays with the record, the text becomes an entry that waits for
 * {@link sealTexts}. Records without text are left as they are.
 */
export async function commitContents(
  keys: ContentKeys,
  records: readonly LedgerRecord[],
): Promise<void> {
  const tenants = new Map<string, LedgerRecord[]>()
  for (const record of records) {
    if (partBitsOf(record) === 0) continue
    const own = tenants.get(record.tenant)
    if (own === undefined) tenants.set(record.tenant, [record])
    else own.push(record)
  }
  for (const own of tenants.values()) {
    const committed = await commitEntries(keys, entriesOf(own))
    for (const [index, record] of own.entries()) {
      const text = committed[index]
      if (text === undefined) continue
      record.commitmentHex = text.commitmentHex
      record.pendingText = text.pending
      record.content = ''
      record.result = ''
      record.detail = ''
    }
  }
}

function entriesOf(records: readonly LedgerRecord[]): TextEntries {
  const bytes = Buffer.alloc(records.reduce((sum, record) => sum + entryBytesMax(record), 0))
  const ids = Buffer.alloc(records.length * idsBytes)
  let end = 0
  const ends = records.map((record, index) => {
    ids.write(record.traceIdHex, index * idsBytes, 16, 'hex')
    ids.write(record.spanIdHex, index * idsBytes + 16, 8, 'hex')
    end = writeEntry(bytes, end, record).end
    return end
  })
  const tenant = records[0]?.tenant ?? ''
  return { tenant, bytes, ends, ids, subjects: records.map(contentSubject) }
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
