import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { blankRecord, canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { askLedger } from './ledger-rows.ts'
import type { AskedRange, LedgerRows } from './ledger-rows.ts'
import type { IndexRange } from './segment.ts'

/** Tenant of the records that concern a whole log. No reader's token has it. */
const systemTenant = 'whodid.system'

/**
 * An event of the ledger itself: `heartbeat`, it is alive; `key_epoch`, a key takes over; `hole`, damage has emptied this
 * place; `damage`, damage took records whose leaves are sealed.
 */
export interface LedgerEvent {
  readonly event: 'heartbeat' | 'key_epoch' | 'hole' | 'damage'
  readonly details: Readonly<Record<string, string | number>>
}

/**
 * Makes the record of an event of the ledger itself. Equal events are one record, whenever they are appended: an event that may
 * happen twice must have its time or its place among its details.
 */
export function ledgerRecord({ event, details }: LedgerEvent, nowUnixNs: bigint): LedgerRecord {
  const attributes = canonicalJson({ 'whodid.ledger.event': event, ...details })
  const digest = createHash('sha256').update(attributes).digest('hex')
  return {
    ...blankRecord(),
    tenant: systemTenant,
    exporter: 'whodid',
    channel: 'entitled',
    signal: 'log',
    receivedUnixNs: nowUnixNs,
    traceIdHex: digest.slice(0, 32),
    spanIdHex: digest.slice(32, 48),
    startUnixNs: nowUnixNs,
    endUnixNs: nowUnixNs,
    name: `whodid.ledger.${event}`,
    serviceName: 'whodid',
    actorType: 'service',
    attributes,
  }
}

/** Attempts to ask a ledger that does not answer, and milliseconds between two. */
const attemptsMax = 10
const attemptDelayMs = 1_000

/** The ledger that is asked, and the log that the event is appended to. */
export interface ReportLostDeps {
  readonly rows: LedgerRows | undefined
  readonly logId: string
  readonly append: (event: LedgerEvent) => Promise<unknown>
}

/**
 * Puts on record that damage took records whose leaves are or will be sealed. Asks the ledger first, and reports only places of
 * which it has no row: an insert may have been carried out before the damage, by this run or an earlier one.
 */
export async function reportLost(
  lost: IndexRange,
  { rows, logId, append }: ReportLostDeps,
): Promise<void> {
  const { absent } = rows === undefined ? { absent: [lost] } : await ask(rows, logId, lost)
  for (const { first, end } of absent)
    await append({ event: 'damage', details: { log: logId, first, end } })
}

async function ask(rows: LedgerRows, logId: string, lost: IndexRange): Promise<AskedRange> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await askLedger(rows, logId, lost)
    } catch (thrown) {
      if (attempt >= attemptsMax) throw thrown
      await sleep(attemptDelayMs, undefined, { ref: false })
    }
}
