import { printable, printableLine } from '@whodid/model'
import { findingSeverities, findingStates, triageActions } from '@whodid/model/answers'
import type { Finding, FindingTriage } from '@whodid/model'

/** The columns of `whodid.v_findings` that an answer shows, with times as RFC 3339. */
export const findingColumns: string = `finding_id, rule, rule_version, severity, subject, state, text, hits,
  ${instant('v.first_acted_at')} AS first_acted, ${instant('v.last_acted_at')} AS last_acted,
  ${instant('v.first_found_at')} AS first_found, ${instant('v.last_found_at')} AS last_found,
  decision, ${instant('v.decided_at')} AS decided, decided_by, reason,
  if(v.suppressed_until > v.decided_at, ${instant('v.suppressed_until')}, '') AS until`

/** A finding as the ledger gives it. */
export interface FindingTexts {
  readonly finding_id: string
  readonly rule: string
  readonly rule_version: number
  readonly severity: string
  readonly subject: string
  readonly state: string
  readonly text: string
  readonly hits: string
  readonly first_acted: string
  readonly last_acted: string
  readonly first_found: string
  readonly last_found: string
  readonly decision: string
  readonly decided: string
  readonly decided_by: string
  readonly reason: string
  readonly until: string
}

/** Makes a finding fit to be shown: every text has been through `printable`. */
export function readFinding(row: FindingTexts): Finding {
  const triage = readTriage({ ...row, action: row.decision, reader: row.decided_by, role: '' })
  return {
    id: row.finding_id,
    rule: printableLine(row.rule),
    rule_version: row.rule_version,
    severity: findingSeverities.find((known) => known === row.severity) ?? 'low',
    subject: printableLine(row.subject),
    state: findingStates.find((known) => known === row.state) ?? 'open',
    text: printableLine(row.text),
    hits: Number(row.hits),
    first_acted_at: row.first_acted,
    last_acted_at: row.last_acted,
    first_found_at: row.first_found,
    last_found_at: row.last_found,
    triage,
  }
}

/** A decision as the ledger gives it. */
export interface TriageTexts {
  readonly action: string
  readonly decided: string
  readonly reader: string
  readonly role: string
  readonly reason: string
  readonly until: string
}

/** Makes a decision fit to be shown; null where there is none. */
export function readTriage(row: TriageTexts): FindingTriage | null {
  const action = triageActions.find((known) => known === row.action)
  if (action === undefined) return null
  return {
    action,
    decided_at: row.decided,
    reader: printableLine(row.reader),
    role: row.role === '' ? null : printableLine(row.role),
    reason: row.reason === '' ? null : printable(row.reason),
    until: row.until === '' ? null : row.until,
  }
}

/** SQL for a time as RFC 3339. */
export function instant(column: string): string {
  return `concat(replaceOne(toString(${column}), ' ', 'T'), 'Z')`
}
