import type { ContentReader, OpenedContent, WantedContent } from '@whodid/content'
import { parseHandle, parseInstant, textParts } from '@whodid/model'
import type { TextPart } from '@whodid/model'
import { textBlocksMax, textPlacesMax } from '@whodid/store'
import type { LeafReader, TextRow } from '@whodid/store'
import type { Finding } from '../finding.ts'
import { sealedRemoval, verifyRows } from '../rows/verify-rows.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/**
 * The reader, the keys and the logs that verify texts.
 *
 * @example
 * ```ts
 * const deps: TextDeps = { reader, logs: [log], openWith: (before) => createContentReader(keys, before) }
 * ```
 */
export interface TextDeps {
  readonly reader: LeafReader
  /** Creates the reader of texts; `expiredBefore` returns the time before which texts expired, according to a sealed record. */
  readonly openWith: (expiredBefore: () => bigint) => ContentReader
  /** Every known log: the record of an erasure may be in another log than the text. */
  readonly logs: readonly SealedLog[]
  readonly from?: number
  readonly to?: number
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignal
}

/**
 * The result of the verification of one log's texts.
 *
 * @example
 * ```ts
 * const { textCount, findings }: TextsVerification = await verifyTexts(log, deps)
 * ```
 */
export interface TextsVerification {
  readonly log: string
  /** The number of texts that match their commitment. */
  readonly textCount: number
  /** The number of texts that were deleted under a sealed record: erased with their key, or expired. */
  readonly removedCount: number
  readonly findings: readonly Finding[]
}

/** The number of findings of one kind that are listed. */
const namedMax = 100

/** The nanoseconds within which the record of an erasure must be in ClickHouse. */
const storedNsMax = 60_000_000_000n

/**
 * Verifies the texts of one log's sealed rows: each must match its record's commitment. A text may be missing only if a sealed
 * record says that it was deleted. Reads a range at a time. Throws as `LeafReader` does, and when
 * `signal` aborts. Does NOT verify the rows themselves: `verifyLog` does.
 *
 * @example
 * ```ts
 * const { textCount, findings } = await verifyTexts(log, { reader, logs: [log], openWith })
 * ```
 */
export async function verifyTexts(log: SealedLog, deps: TextDeps): Promise<TextsVerification> {
  const { size } = log.checkpoint
  const from = Math.min(deps.from ?? 0, size)
  const to = Math.min(deps.to ?? size, size)
  const expiredBefore = await sealedRemoval(deps.reader, deps.logs)
  const contents = deps.openWith(() => expiredBefore)
  const isErased = createErasureCheck(deps)
  const found: Found = { text: 0, removed: 0, missing: [], mismatch: [] }
  for (let first = from; first < to; first += textPlacesMax) {
    deps.signal?.throwIfAborted()
    const end = Math.min(first + textPlacesMax, to)
    const rows = await deps.reader.textRows({ logId: log.origin, from: first, to: end })
    for (const texts of grouped(rows))
      for (const [wanted, opened] of await openAll(texts, contents, deps.reader)) {
        const { row, part } = wanted
        const place = {
          log: log.origin,
          index: row.index,
          span: `${row.traceIdHex}-${row.spanIdHex}`,
        }
        if (opened.state === 'text') found.text += 1
        else if (opened.state === 'expired') found.removed += 1
        else if (opened.state === 'erased' && (await isErased(opened))) found.removed += 1
        else if (opened.state === 'mismatch')
          found.mismatch.push({ ...place, code: 'content_mismatch', text: mismatchText(part) })
        else if (opened.state !== 'withheld')
          found.missing.push({ ...place, code: 'content_missing', text: missingText(part, opened) })
      }
    deps.onProgress?.({ done: end - from, total: to - from })
  }
  const findings = [...named(found.mismatch), ...named(found.missing)]
  return { log: log.origin, textCount: found.text, removedCount: found.removed, findings }
}

interface Found {
  text: number
  removed: number
  readonly missing: Finding[]
  readonly mismatch: Finding[]
}

interface WantedText {
  readonly row: TextRow
  readonly part: TextPart
}

/** Groups rows by tenant, and so that one read gets all blocks of a group. */
function grouped(rows: readonly TextRow[]): TextRow[][] {
  const groups: TextRow[][] = []
  for (const tenant of new Set(rows.map((row) => row.tenant))) {
    const own = rows.filter((row) => row.tenant === tenant)
    const names = [...new Set(own.map(({ textBlockHex }) => textBlockHex))]
    for (let first = 0; first < names.length; first += textBlocksMax) {
      const some = new Set(names.slice(first, first + textBlocksMax))
      groups.push(own.filter(({ textBlockHex }) => some.has(textBlockHex)))
    }
  }
  return groups
}

async function openAll(
  rows: readonly TextRow[],
  contents: ContentReader,
  reader: LeafReader,
): Promise<(readonly [WantedText, OpenedContent])[]> {
  const [first] = rows
  if (first === undefined) return []
  const names = [...new Set(rows.map(({ textBlockHex }) => textBlockHex))]
  const blocks = await reader.textBlocks(first.tenant, names)
  const wanted = rows.flatMap((row) => textParts.map((part) => ({ row, part })))
  const opened = await contents.open(wanted.map(contentOf), blocks)
  return wanted.flatMap((one, n) => {
    const content = opened[n]
    return content === undefined ? [] : [[one, content] as const]
  })
}

function contentOf({ row, part }: WantedText): WantedContent {
  return { ...row, part }
}

type Erased = Extract<OpenedContent, { readonly state: 'erased' }>

/** Returns true when the record of a destroyed key verifies, or is so young that it may not be in ClickHouse yet. */
function createErasureCheck({ reader, logs }: TextDeps): (erased: Erased) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>()
  const look = async ({ record, at }: Erased): Promise<boolean> => {
    const rows = await reader.of(parseHandle(`span:${record}`))
    const row = rows.find(({ span }) => span === record)
    if (row === undefined) {
      const youngNs = BigInt(Date.now()) * 1_000_000n - parseInstant(at, 'erased_at')
      return youngNs < storedNsMax
    }
    const log = logs.find(({ origin }) => origin === row.logId)
    return log !== undefined && (await verifyRows(log, [row])).findings.length === 0
  }
  return (erased) => {
    const answer = known.get(erased.record) ?? look(erased)
    known.set(erased.record, answer)
    return answer
  }
}

function mismatchText(part: TextPart): string {
  return `the ${part} expected the text that its record committed to; got another`
}

function missingText(part: TextPart, { state }: OpenedContent): string {
  return state === 'erased'
    ? `the key of the ${part} was destroyed; no sealed record says so`
    : `the ${part} is gone, or its key is; no sealed record says so`
}

/** Returns the first findings; if there are more, the last has the total count. */
function named(findings: readonly Finding[]): Finding[] {
  return findings
    .slice(0, namedMax)
    .map((finding, n) =>
      n === namedMax - 1 && findings.length > namedMax
        ? { ...finding, count: findings.length }
        : finding,
    )
}
