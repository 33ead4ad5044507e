import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { createAppender, createFindingWriter, encodeRecords, migrate } from '@whodid/store'
import type { FindingWriter, StoreAccess } from '@whodid/store'
import { startOperatorEngine } from './operator-engine.ts'

/** What ClickHouse answers in JSON: the columns with their types, the rows, and what it cost. */
export interface Frame {
  readonly meta: readonly { readonly name: string; readonly type: string }[]
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly statistics: { readonly rows_read: number }
}

/** A ledger with two tenants, each read as Grafana does: by the user of `clickhouse/grafana/user.sql`, over HTTP. */
export interface GrafanaLedger {
  /** The answer, or the engine's words when it refuses. */
  ask(tenant: string, sql: string): Promise<Frame | string>
  insert(records: readonly LedgerRecord[]): Promise<void>
  /** Adds what detections found, and what was done about it. */
  readonly findings: FindingWriter
  stop(): Promise<void>
}

export async function startGrafanaLedger(tenants: readonly string[]): Promise<GrafanaLedger> {
  const directory = new URL('../../clickhouse/', import.meta.url)
  const read = (path: string): Promise<string> => readFile(new URL(path, directory), 'utf8')
  const guest = await read('grafana/user.sql')
  const guests = tenants.map((tenant) =>
    guest.replaceAll('<name>', tenant).replaceAll('<tenant>', tenant),
  )
  const users = [await read('users.sql'), ...guests]
    .join('\n')
    .replaceAll(/<sha256 of the password of (\w+)>/gu, (_, user: string) =>
      createHash('sha256').update(passwordOf(user)).digest('hex'),
    )
  const server = await startOperatorEngine(users)
  const access = (username: string): StoreAccess => ({
    url: server.url,
    username,
    password: passwordOf(username),
  })
  await migrate(access('whodid_migrator'))
  const appender = createAppender(access('whodid_writer'))
  const findings = createFindingWriter(access('whodid_recorder'))
  let inserts = 0
  return {
    ask: (tenant, sql) => ask(access(`whodid_grafana_${tenant}`), sql),
    insert: (records) =>
      appender.append({ blocks: [encodeRecords([...records])], token: `t-${(inserts += 1)}` }),
    findings,
    stop: async () => {
      await findings.close()
      await appender.close()
      await server.stop()
    },
  }
}

const passwordOf = (user: string): string => `password-of-${user}`

/** The parameters that the plugin's driver sends: its own format, and its deadline and five seconds. */
const asTheDriver = new URLSearchParams({ default_format: 'JSON', max_execution_time: '65' })

async function ask(access: StoreAccess, sql: string): Promise<Frame | string> {
  const answer = await fetch(`${access.url}/?${asTheDriver.toString()}`, {
    method: 'POST',
    body: sql,
    headers: { 'X-ClickHouse-User': access.username, 'X-ClickHouse-Key': access.password },
  })
  const text = await answer.text()
  // The format asked for is ClickHouse's JSON, whose shape this is.
  return answer.ok ? (JSON.parse(text) as Frame) : text.trim()
}

/** Makes the records of one log, in the order of their calls: each has the next place. */
export class LogOfRecords {
  readonly records: LedgerRecord[] = []
  readonly #logId: string
  #next: number

  constructor(logId: string, next = 0) {
    this.#logId = logId
    this.#next = next
  }

  /** A record at a time in milliseconds; `trace` is any text, and names the trace. */
  add(atMs: number, trace: string, fields: Partial<LedgerRecord>): LedgerRecord {
    const startUnixNs = BigInt(atMs) * 1_000_000n
    const record: LedgerRecord = {
      ...blankRecord(),
      logId: this.#logId,
      logIndex: this.#next,
      tenant: 'acme',
      exporter: 'agents',
      channel: 'entitled',
      receivedUnixNs: startUnixNs + 2_000_000_000n,
      traceIdHex: createHash('sha256').update(trace).digest('hex').slice(0, 32),
      spanIdHex: (this.#next + 1).toString(16).padStart(16, '0'),
      startUnixNs,
      endUnixNs: startUnixNs + 1_000_000_000n,
      name: fields.recordKind ?? 'other',
      ...fields,
    }
    this.#next += 1
    this.records.push(record)
    return record
  }

  /** Leaves a place without a record. */
  skip(): void {
    this.#next += 1
  }

  /** An event of the ledger itself; a heartbeat says how much is sealed, which is all before it unless told. */
  event(atMs: number, event: string, size: number = this.#next): LedgerRecord {
    const details = { 'whodid.ledger.event': event, size, at: String(atMs) }
    return this.add(atMs, `${event}-${this.#logId}-${atMs}`, {
      tenant: 'whodid.system',
      exporter: 'whodid',
      signal: 'log',
      name: `whodid.ledger.${event}`,
      serviceName: 'whodid',
      actorType: 'service',
      attributes: JSON.stringify(details),
    })
  }

  /** Heartbeats as a log makes them, from a time to before another. */
  beat(fromMs: number, toMs: number): void {
    for (let atMs = fromMs; atMs < toMs; atMs += 45_000) this.event(atMs, 'heartbeat')
  }
}
