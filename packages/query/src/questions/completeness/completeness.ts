import { formatInstant, parseInstant } from '@whodid/model'
import type { CompletenessAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { parseCheckpoint, parseNote } from '@whodid/tlog'
import { verifyQuotedRecords } from '@whodid/verify'
import type { QuotedRecordResult } from '@whodid/verify'
import { nameOrNull, toInstant } from '../../text.ts'
import { parseTimeBounds, timeBoundParameters } from '../../time-bounds.ts'
import type { RawTimeBounds, TimeBounds } from '../../time-bounds.ts'
import { askStatement } from '../ask-statement.ts'
import { parseHandleOfKind } from '../parse-parameters.ts'
import { judgeCompleteness } from './judge-completeness.ts'
import type { NumberedRecord } from './judge-completeness.ts'
import { recordsSql } from './sql.ts'

/** A raw question about completeness: every field is untrusted text. */
export interface RawCompletenessQuestion extends RawTimeBounds {
  readonly instance: string
}

/** A parsed question about completeness. */
interface CompletenessQuestion {
  readonly instance: string
  readonly time: TimeBounds
}

/** The sources of a certificate. */
interface CompletenessSources {
  readonly selector: Selector
  /** Without them no record counts as sealed. */
  readonly trees?: Parameters<typeof verifyQuotedRecords>[0] | undefined
}

interface RecordRow {
  readonly trace: string
  readonly id: string
  readonly above: string
  readonly number: string
  readonly begun: string
  readonly record: string
  readonly by: string
  readonly log: string
  readonly place: string
  readonly leaf: string
  readonly lost: string
}

/** Records of an instance that are looked at. Each is hashed and held against its tree. */
export const completenessRecordsMax = 5_000
/** Records that are held against the trees at one time. */
const verifiedAtOnce = 256

/** Parses a question about completeness. Throws `invalid_handle` or `invalid_time`. */
export function parseCompletenessQuestion(raw: RawCompletenessQuestion): CompletenessQuestion {
  return {
    instance: parseHandleOfKind('instance', raw.instance, 'instance'),
    time: parseTimeBounds(raw),
  }
}

/**
 * Says whether the record of an instance is whole over a time, and where it is not. Only records that name the instance count, and of
 * those only the ones of senders that may speak for it: anybody else could fill a hole. Each is hashed from its row and held
 * against the log's tree.
 *
 * Throws the errors of `Selector.select`. Does NOT say what an agent did that it recorded nowhere: a record is complete when every
 * number that was given has come.
 */
export async function describeCompleteness(
  { selector, trees }: CompletenessSources,
  tenant: string,
  { instance, time }: CompletenessQuestion,
): Promise<CompletenessAnswer> {
  const { recorded } = timeBoundParameters(time)
  const parameters = { id: instance, recorded, limit: completenessRecordsMax + 1 }
  const { rows, cost } = await askStatement<RecordRow>(selector, {
    sql: recordsSql,
    parameters,
    tenant,
  })
  const isTruncated = rows.length > completenessRecordsMax
  const looked = rows.slice(0, completenessRecordsMax)
  const results = trees === undefined ? [] : await verifyAll(trees, looked)
  const { from, to } = time
  const judged = judgeCompleteness({
    records: looked.map((row, index) => toRecord(row, results[index])),
    isTruncated,
    fromNs: from,
    toNs: to,
    sealedSizes: sizesOf(looked, results),
    instantOf: formatInstant,
  })
  return {
    instance: nameOrNull(instance) ?? '',
    from: from === null ? null : formatInstant(from),
    to: to === null ? null : formatInstant(to),
    ...judged,
    cost,
  }
}

async function verifyAll(
  trees: NonNullable<CompletenessSources['trees']>,
  rows: readonly RecordRow[],
): Promise<QuotedRecordResult[]> {
  const results: QuotedRecordResult[] = []
  for (let first = 0; first < rows.length; first += verifiedAtOnce) {
    const claims = rows.slice(first, first + verifiedAtOnce).map((row) => ({
      span: spanOf(row),
      log: row.log,
      index: Number(row.place),
      leaf: Buffer.from(row.leaf, 'hex'),
    }))
    results.push(...(await verifyQuotedRecords(trees, claims)))
  }
  return results
}

function sizesOf(
  rows: readonly RecordRow[],
  results: readonly QuotedRecordResult[],
): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const [index, { checkpoint }] of results.entries()) {
    const log = rows[index]?.log ?? ''
    if (checkpoint === '') continue
    const { size } = parseCheckpoint(parseNote(checkpoint).text)
    sizes.set(log, Math.max(size, sizes.get(log) ?? 0))
  }
  return sizes
}

function spanOf({ trace, id }: Pick<RecordRow, 'trace' | 'id'>): string {
  return `${trace}-${id}`
}

function toRecord(row: RecordRow, result: QuotedRecordResult | undefined): NumberedRecord {
  return {
    span: spanOf(row),
    parent: spanOf({ trace: row.trace, id: row.above }),
    seq: Number(row.number),
    startedNs: parseInstant(toInstant(row.begun), 'ts'),
    kind: row.record,
    channel: row.by,
    log: row.log,
    index: Number(row.place),
    state: result?.state ?? 'pending',
    lostBatches: Number(row.lost),
  }
}
