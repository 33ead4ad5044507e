import type { FindingRow, FindingWriter, ResponseRow } from '@whodid/store'
import { eventful, foreignText } from './eventful-hour.ts'
import type { LogOfRecords } from './grafana-ledger.ts'

const minute = 60_000

function unixNs(ms: number): bigint {
  return BigInt(ms) * 1_000_000n
}

function hit(rule: string, atMs: number, more: Partial<FindingRow> = {}): FindingRow {
  return {
    tenant: 'acme',
    findingId: `id of ${rule}`,
    hitId: `${rule} ${atMs}`,
    rule,
    ruleVersion: 1,
    queryHash: '00',
    severity: 'high',
    subject: 'instance:triage-1',
    hit: String(atMs),
    actedAtUnixNs: unixNs(atMs),
    foundAtUnixNs: unixNs(atMs),
    windowUntilUnixNs: unixNs(atMs),
    text: `${rule} found something`,
    spans: [],
    measured: {},
    thresholds: {},
    ...more,
  }
}

function attempt(response: string, atMs: number, more: Partial<ResponseRow> = {}): ResponseRow {
  return {
    tenant: 'acme',
    findingId: 'id of zombie-act',
    response,
    kind: 'webhook',
    deliveryId: `delivery of ${response}`,
    sinceUnixNs: 0n,
    attempt: 1,
    attemptedAtUnixNs: unixNs(atMs),
    target: '',
    outcome: 'done',
    error: '',
    ...more,
  }
}

/** What was found in the eventful hour: two severe findings, of which one is suppressed, a mild one, and another tenant's; what was done about it. */
export async function eventfulFindings(writer: FindingWriter): Promise<void> {
  await writer.addHits([
    hit('zombie-act', eventful + 10 * minute, { severity: 'critical' }),
    hit('zombie-act', eventful + 11 * minute, { severity: 'critical' }),
    hit('borrowed-credential', eventful + 12 * minute),
    hit('missing-delegation', eventful + 40 * minute, { severity: 'low' }),
    hit('zombie-act', eventful + 20 * minute, {
      tenant: 'other',
      findingId: `id of ${foreignText}`,
      subject: `instance:${foreignText}`,
      text: foreignText,
    }),
  ])
  await writer.addTriage({
    tenant: 'acme',
    findingId: 'id of borrowed-credential',
    decidedAtUnixNs: unixNs(eventful + 13 * minute),
    triageId: 'q1',
    reader: 'kim',
    role: 'investigator',
    action: 'suppress',
    reason: 'known',
    untilUnixNs: unixNs(Date.UTC(2100, 0, 1)),
  })
  await writer.addResponses([
    attempt('soc', eventful + 10 * minute),
    attempt('hold', eventful + 11 * minute, { kind: 'pause', target: 'instance:triage-1' }),
    attempt('hold-again', eventful + 11 * minute, {
      kind: 'pause',
      target: 'instance:fixer-1',
      error: 'already_stopped',
    }),
    attempt('chat', eventful + 30 * minute, { outcome: 'failed', error: 'status_500' }),
    attempt('chat', eventful + 31 * minute, {
      attempt: 2,
      outcome: 'given_up',
      error: 'status_410',
    }),
    attempt(foreignText, eventful + 20 * minute, {
      tenant: 'other',
      findingId: `id of ${foreignText}`,
      outcome: 'given_up',
    }),
  ])
}

/** A run of the eventful hour that numbers its records: the third never came, and its launcher lost two batches. */
export function countedRun(log: LogOfRecords): void {
  const at = eventful + 5 * minute
  const run = {
    actorType: 'agent',
    templateId: 'repo-triage',
    instanceId: 'counted-1',
    delegatorId: 'dev@acme.example',
    delegatorType: 'human',
  } as const
  for (const seq of [1, 2, 4])
    log.add(at + seq, 'counted', { ...run, recordKind: 'plan', seq, droppedCount: 1 })
  log.add(at + 5, 'counted', {
    ...run,
    recordKind: 'session',
    seq: 5,
    attributes: JSON.stringify({ 'whodid.run.lost_batches': 2 }),
  })
}
