import type { LedgerRecord } from '@whodid/model'
import { addImported } from './add-imported.ts'
import { LogOfRecords } from './grafana-ledger.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** The hour in which everything happens that a dashboard shows; a quiet hour ends two hours before it begins. */
export const eventful = Date.UTC(2026, 10, 10, 12)

/** A name that an agent gave itself, to end a text in the responder's query and go on. */
export const hostileName = String.raw`\' OR 1=1 -- `

/** Text of the other tenant. No answer to the first one holds it. */
export const foreignText = 'of-the-other-tenant'

const triage = {
  actorType: 'agent',
  templateId: 'repo-triage',
  instanceId: 'triage-1',
  delegatorId: 'dev@acme.example',
  delegatorType: 'human',
} satisfies Partial<LedgerRecord>
const fixer = {
  ...triage,
  templateId: 'db-fixer',
  instanceId: 'fixer-1',
  instanceParentId: 'triage-1',
}
const done = { recordKind: 'tool_call', outcome: 'success' } satisfies Partial<LedgerRecord>

/** Acts of old, one a minute, which no question about a later day needs to read. */
export function longAgo(log: LogOfRecords, count: number): void {
  for (let n = 0; n < count; n += 1)
    log.add(eventful - 40 * 24 * hour + n * minute, `old-${n >> 3}`, {
      ...triage,
      ...done,
      instanceId: `old-${n % 50}`,
      verb: 'update',
      toolName: 'edit',
      resourceId: `t:file:${n % 300}`,
    })
}

/** An hour in which nothing is wrong: acts that are named, an approved deletion, trusted input. */
export function quietHour(log: LogOfRecords): void {
  const at = eventful - 3 * hour
  log.beat(at, at + 30 * minute)
  log.add(at + 31 * minute, 'quiet', { ...triage, recordKind: 'prompt', promptOrigin: 'human' })
  log.add(at + 32 * minute, 'quiet', {
    ...triage,
    ...done,
    verb: 'read',
    inputSource: 'file:/a',
    inputTrust: 'trusted',
  })
  log.beat(at + 33 * minute, at + 48 * minute)
  log.add(at + 49 * minute, 'quiet', {
    ...fixer,
    recordKind: 'approval',
    approvalDecision: 'allow',
    approverId: 'boss@acme.example',
    resourceId: 'db:row:shop/old/1',
  })
  log.add(at + 50 * minute, 'quiet', {
    ...fixer,
    ...done,
    verb: 'delete',
    toolName: 'sql',
    resourceId: 'db:row:shop/old/1',
  })
  // The record itself names nobody; its trace does.
  log.add(at + 51 * minute, 'quiet', {
    verb: 'delete',
    outcome: 'unknown',
    resourceId: 'db:table:shop/old',
  })
  log.beat(at + 52 * minute, at + 60 * minute)
}

/** The hour of the incident: untrusted input, a borrowed credential, deletions, denials, acts that nobody is named for. */
export function eventfulHour(log: LogOfRecords): void {
  const at = eventful
  log.event(at, 'heartbeat')
  incident(log, at)
  decisions(log, at)
  strangers(log, at)
  const merge = { action: 'pull_request.merge', actor: 'dev', repo: 'acme/app' }
  const agent = { user_agent: 'claude-code/2.1 "odd", ok' }
  addImported(log, at + 25 * minute, { ...merge, ...agent, _document_id: 'marked' })
  addImported(log, at + 25 * minute, { ...merge, _document_id: 'by-hand' })
  addImported(log, at + 45 * minute, { ...agent, action: 'repo.access', actor: 'dev' })
  const foreign = { action: 'repo.destroy', actor: foreignText, user_agent: `codex ${foreignText}` }
  addImported(log, at + 26 * minute, { ...foreign, tenant: 'other' })
  log.event(at + 20 * minute, 'key_epoch')
  log.beat(at + 21 * minute, at + 60 * minute)
}

function incident(log: LogOfRecords, at: number): void {
  const session = log.add(at + minute, 'incident', { ...triage, recordKind: 'session' })
  const parentSpanIdHex = session.spanIdHex
  log.add(at + minute + second, 'incident', {
    ...triage,
    parentSpanIdHex,
    recordKind: 'prompt',
    promptOrigin: 'human',
  })
  log.add(at + minute + 2 * second, 'incident', {
    ...triage,
    ...done,
    parentSpanIdHex,
    verb: 'read',
    toolName: 'read_issue',
    resourceId: 'github:issue:acme/app/901',
    inputSource: 'github:issue:acme/app/901',
    inputTrust: 'untrusted',
  })
  log.add(at + 2 * minute, 'incident', {
    ...triage,
    ...done,
    parentSpanIdHex,
    verb: 'update',
    toolName: 'merge',
    actionId: 'merge-1',
    resourceId: 'github:pull:acme/app/812',
    credentialId: 'pat-1',
    credentialType: 'pat',
    credentialSubject: 'dev@acme.example',
    credentialBorrowed: true,
  })
  log.add(at + 2 * minute + second, 'incident', {
    ...triage,
    recordKind: 'action',
    outcome: 'unknown',
    verb: 'update',
    actionId: 'merge-1',
    resourceId: 'github:pull:acme/app/812',
  })
  log.add(at + 3 * minute, 'incident', {
    ...fixer,
    ...done,
    parentSpanIdHex,
    verb: 'delete',
    toolName: 'sql',
    actionId: 'delete-1',
    resourceId: 'db:row:shop/customers/42',
  })
}

function decisions(log: LogOfRecords, at: number): void {
  log.add(at + 4 * minute, 'decided', {
    ...fixer,
    recordKind: 'approval',
    approvalDecision: 'allow',
    approverId: 'boss@acme.example',
    approvalPolicyId: 'deletes',
    actionId: 'delete-2',
  })
  log.add(at + 5 * minute, 'decided', {
    ...fixer,
    ...done,
    verb: 'delete',
    toolName: 'sql',
    actionId: 'delete-2',
    resourceId: 'db:row:shop/customers/43',
  })
  log.add(at + 6 * minute, 'denied', {
    ...triage,
    recordKind: 'approval',
    approvalDecision: 'deny',
    approverId: 'boss@acme.example',
    approvalReason: 'no',
    toolName: 'drop',
    resourceId: 'db:table:shop/customers',
    outcome: 'denied',
  })
}

function strangers(log: LogOfRecords, at: number): void {
  for (let n = 0; n < 6; n += 1)
    log.add(at + 10 * minute + n * second, `nobody-${n}`, {
      ...done,
      verb: 'update',
      toolName: 'curl',
      resourceId: `https://nobody.example/${n}`,
      credentialId: 'token-9',
    })
  log.add(at + 11 * minute, 'human', {
    ...done,
    actorType: 'human',
    userId: 'dev@acme.example',
    verb: 'update',
    resourceId: 'file:/srv/a',
  })
  log.add(at + 12 * minute, 'forged', {
    ...triage,
    ...done,
    channel: 'unentitled',
    verb: 'update',
    resourceId: 'file:/srv/b',
  })
  log.add(at + 13 * minute, 'alone', {
    ...done,
    actorType: 'agent',
    templateId: 'lonely',
    instanceId: 'lonely-1',
    verb: 'create',
    resourceId: 'file:/srv/c',
  })
  log.add(at + 14 * minute, 'hostile', {
    ...triage,
    ...done,
    templateId: hostileName,
    instanceId: hostileName,
    delegatorId: hostileName,
    verb: 'create',
    resourceId: hostileName,
  })
  const foreign = {
    tenant: 'other',
    templateId: foreignText,
    instanceId: foreignText,
    delegatorId: foreignText,
    resourceId: `x:${foreignText}`,
    toolName: foreignText,
    exporter: foreignText,
  }
  log.add(at + 15 * minute, 'incident', { ...triage, ...done, ...foreign, verb: 'delete' })
  log.add(at + 16 * minute, 'incident', {
    ...triage,
    ...foreign,
    recordKind: 'approval',
    approvalDecision: 'deny',
    approverId: foreignText,
  })
  log.add(at + 17 * minute, 'incident', {
    ...triage,
    ...foreign,
    recordKind: 'input',
    inputSource: foreignText,
    inputTrust: 'untrusted',
  })
}

const day = 24 * hour

/** Days after the incident on which one alert each has a reason, or looks as if. */
export const laterDays = {
  stuck: eventful + day,
  late: eventful + 2 * day,
  steady: eventful + 4 * day,
  broken: eventful + 6 * day,
  silent: eventful + 10 * day,
}

/** A log that beats and seals nothing; records that come in five minutes late; acts that name nobody, as many as ever. */
export function faultsOfLaterDays(): LedgerRecord[] {
  const stuck = new LogOfRecords('stuck-log')
  stuck.beat(laterDays.stuck - hour, laterDays.stuck - 10 * minute)
  const size = stuck.records.length
  for (let n = 10; n > 0; n -= 1) stuck.event(laterDays.stuck - n * minute, 'heartbeat', size)
  const late = new LogOfRecords('late-log')
  for (let n = 0; n < 20; n += 1) {
    const at = laterDays.late - 10 * minute + n * second
    const receivedUnixNs = BigInt(at + 5 * minute) * 1_000_000n
    late.add(at, `late-${n}`, { ...triage, ...done, verb: 'read', receivedUnixNs })
  }
  const steady = new LogOfRecords('steady-log')
  for (let at = laterDays.steady - day; at < laterDays.steady; at += 2 * minute)
    steady.add(at, `steady-${at}`, { ...done, verb: 'update', resourceId: 'file:/steady' })
  return [...stuck.records, ...late.records, ...steady.records]
}

/** A log of which a record is missing, and one of which a place is taken twice. */
export function brokenLogs(): Readonly<Record<'gap' | 'twice' | 'damage', LedgerRecord[]>> {
  const gap = new LogOfRecords('gap-log')
  gap.beat(laterDays.broken - 10 * minute, laterDays.broken - 5 * minute)
  gap.skip()
  gap.beat(laterDays.broken - 5 * minute, laterDays.broken)
  const twice = new LogOfRecords('twice-log')
  twice.beat(laterDays.broken - 10 * minute, laterDays.broken)
  const again = new LogOfRecords('twice-log', 3)
  again.add(laterDays.broken - minute, 'again', { ...triage, recordKind: 'session' })
  const damage = new LogOfRecords('damage-log')
  damage.event(laterDays.broken - 2 * minute, 'damage')
  return { gap: gap.records, twice: [...twice.records, ...again.records], damage: damage.records }
}
