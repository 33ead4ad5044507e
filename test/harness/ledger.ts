import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContentKeys, createContentReader, encryptContents } from '@whodid/content'
import { startEngine } from '@whodid/engine'
import type { Engine, EngineUser } from '@whodid/engine'
import { blankRecord } from '@whodid/model'
import type { LedgerRecord, WhoDidAnswer } from '@whodid/model'
import { parseQuestion, whoDid } from '@whodid/query'
import type { RawQuestion } from '@whodid/query'
import {
  createAppender,
  createSelector,
  encodeContents,
  encodeRecords,
  migrate,
} from '@whodid/store'
import type { Appender, Selector, StoreAccess } from '@whodid/store'

/** The most statements of a question whose act leads to few other traces. */
export const statementsMax = 7

/** A migrated ledger on an engine of its own, and the ways in and out of it. */
export interface Ledger {
  readonly engine: Engine
  readonly appender: Appender
  readonly selector: Selector
  /** The keys that text is sealed under. */
  readonly keys: ContentKeys
  access(user: EngineUser): StoreAccess
  /** Runs any SQL as a user; the engine's words on success and on refusal. */
  sql(user: EngineUser, statement: string, settings?: Record<string, string>): Promise<string>
  insert(records: readonly LedgerRecord[], token?: string): Promise<void>
  ask(question: string | RawQuestion, tenant?: string): Promise<WhoDidAnswer>
  stop(): Promise<void>
}

export async function startLedger(): Promise<Ledger> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-ledger-'))
  const engine = await startEngine({ dataDir, startTimeoutMs: 180_000 })
  const access = (user: EngineUser): StoreAccess => ({ url: engine.url, ...engine.users[user] })
  await migrate(access('migrator'))
  const appender = createAppender(access('writer'))
  const selector = createSelector(access('reader'))
  const keys = await ContentKeys.open(join(dataDir, 'keys'))
  const contents = createContentReader(keys, () => 0n)
  let inserts = 0
  return {
    engine,
    appender,
    selector,
    keys,
    access,
    sql: (user, statement, settings = {}) => runSql(access(user), statement, settings),
    insert: async (records, token = `insert-${(inserts += 1)}`) => {
      const copies = records.map((record) => ({ ...record }))
      await encryptContents(keys, copies)
      await appender.append({
        blocks: [encodeRecords(copies)],
        contents: [encodeContents(copies)],
        token,
      })
    },
    ask: (question, tenant = 'default') =>
      whoDid(
        { selector, contents },
        tenant,
        parseQuestion(typeof question === 'string' ? { of: question } : question),
      ),
    stop: async () => {
      await Promise.all([appender.close(), selector.close()])
      await engine.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Runs any SQL; the engine's words on success and on refusal. */
export async function runSql(
  access: StoreAccess,
  statement: string,
  settings: Record<string, string>,
): Promise<string> {
  const answer = await fetch(`${access.url}/?${new URLSearchParams(settings).toString()}`, {
    method: 'POST',
    body: statement,
    headers: { 'X-ClickHouse-User': access.username, 'X-ClickHouse-Key': access.password },
  })
  return (await answer.text()).trim()
}

/** A trace of records for one test: IDs count up, each record starts a millisecond after the one before. */
export interface Trace {
  readonly traceIdHex: string
  /** The next record: an entitled exporter's span that claims nothing but `fields`. */
  record(fields: Partial<LedgerRecord>, parent?: LedgerRecord): LedgerRecord
}

let traces = 0
let clockNs = BigInt(Date.UTC(2026, 10, 1)) * 1_000_000n

export function newTrace(): Trace {
  traces += 1
  const traceIdHex = `7ace${traces.toString(16).padStart(28, '0')}`
  let spans = 0
  return {
    traceIdHex,
    record: (fields, parent) => {
      spans += 1
      clockNs += 1_000_000n
      return {
        ...blankRecord(),
        tenant: 'default',
        exporter: 'test',
        channel: 'entitled',
        receivedUnixNs: clockNs + 5_000_000n,
        traceIdHex,
        spanIdHex: spans.toString(16).padStart(16, '0'),
        parentSpanIdHex: parent?.spanIdHex ?? '',
        startUnixNs: clockNs,
        endUnixNs: clockNs + 500_000n,
        name: fields.recordKind ?? 'other',
        ...fields,
      }
    },
  }
}

/** What a record is called in answers. */
export function refOf(record: LedgerRecord): string {
  return `${record.traceIdHex}-${record.spanIdHex}`
}
