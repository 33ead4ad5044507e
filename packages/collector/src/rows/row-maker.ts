import { commitEntries, contentSubject } from '@whodid/content'
import type { ContentKeys } from '@whodid/content'
import { ByteWriter, textPartBits, writeRow } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { fastGroup } from '../fast/fast-group.ts'
import { takeSpan } from '../fast/take-span.ts'
import type { FastGroup } from '../fast/write-span-row.ts'
import type { RequestContext } from '../normalize/draft.ts'
import type { OtlpHead } from '../otlp/batch.ts'
import { RowPlacesList } from './made-rows.ts'
import type { MadeRows } from './made-rows.ts'

/** The rows of the request under way, and the entries and IDs of its texts: each request is written in one turn of the event loop. */
const rows = new ByteWriter()
const entries = new ByteWriter()
const ids = new ByteWriter()

/**
 * Makes the rows of one request: of records, and of spans in protobuf by the fast path where it takes them. From the first to
 * {@link finish} all must happen in one turn of the event loop.
 */
export class RowMaker {
  readonly context: RequestContext
  readonly #logId: string
  readonly #places = new RowPlacesList()
  /** The rows that have a text, the end of its entry, and its subject. */
  readonly #textRows: number[] = []
  readonly #ends: number[] = []
  readonly #subjects: string[] = []
  #head: OtlpHead | undefined
  #group: FastGroup | undefined

  constructor(context: RequestContext, logId: string) {
    this.context = context
    this.#logId = logId
    rows.clear()
    entries.clear()
    ids.clear()
  }

  /** Adds a record that is finished, and takes its text. */
  add(record: LedgerRecord): void {
    const start = rows.length
    record.logId = this.#logId
    const places = writeRow(rows, record)
    this.#places.add(start, places, record.signal === 'log')
    const { content, result, detail } = record
    const bits =
      (content === '' ? 0 : textPartBits.content) |
      (result === '' ? 0 : textPartBits.result) |
      (detail === '' ? 0 : textPartBits.detail)
    if (bits === 0) return
    entries.uint8(bits)
    for (const text of [content, result, detail]) if (text !== '') entries.string(text)
    ids.hex(record.traceIdHex, 16)
    ids.hex(record.spanIdHex, 8)
    this.#addText(contentSubject(record))
  }

  /** Adds a span by the fast path: a `TakeItem`. */
  readonly take = (bytes: Buffer, place: number, head: OtlpHead): number => {
    if (head !== this.#head) {
      this.#head = head
      this.#group = fastGroup(head, this.context, this.#logId)
    }
    if (this.#group === undefined) return 0
    const start = rows.length
    const taken = takeSpan(rows, this.#group, { bytes, place })
    if (taken === undefined) return 0
    const { span, texts, places, subject } = taken
    this.#places.add(start, places, false)
    const { content, result, detail } = texts
    const bits =
      (content.length === 0 ? 0 : textPartBits.content) |
      (result.length === 0 ? 0 : textPartBits.result) |
      (detail.length === 0 ? 0 : textPartBits.detail)
    if (bits > 0) {
      entries.uint8(bits)
      if (content.length > 0) entries.textOf(content)
      if (result.length > 0) entries.textOf(result)
      if (detail.length > 0) entries.textOf(detail)
      ids.copy(bytes, span.traceId, span.traceId + 16)
      ids.copy(bytes, span.spanId, span.spanId + 8)
      this.#addText(contentSubject(subject))
    }
    return span.elementCount
  }

  #addText(subject: string): void {
    this.#textRows.push(this.#places.starts.length - 1)
    this.#ends.push(entries.length)
    this.#subjects.push(subject)
  }

  /**
   * Commits to the texts, which wait beside the rows to be encrypted with those that are logged together. The rows hold none in the
   * clear; the keys of new subjects are on the disk when this resolves.
   */
  async finish(keys: ContentKeys): Promise<MadeRows> {
    const { commitments, texts: pending, ...places } = this.#places
    const bytes = rows.toBytes()
    const texts = {
      tenant: this.context.client.tenant,
      bytes: entries.toBytes(),
      ends: this.#ends,
      ids: ids.toBytes(),
      subjects: this.#subjects,
    }
    entries.view().fill(0)
    const committed = await commitEntries(keys, texts)
    for (const [index, row] of this.#textRows.entries()) {
      const text = committed[index]
      if (text === undefined) continue
      bytes.write(text.commitmentHex, commitments[row] ?? 0, 'hex')
      pending[row] = text.pending
    }
    return { ...places, texts: pending, bytes }
  }
}
