import { expect, it } from 'vitest'
import type { Finding } from './finding.ts'
import { describeMonitor, monitoredAssurance, nothingMonitored } from './integrity-monitor.ts'
import type { MonitorState } from './integrity-monitor.ts'

const log = 'ledger.example/c1'
const nowMs = Date.UTC(2026, 0, 2)

const found = (code: Finding['code'], of = log): Finding => ({ code, log: of, text: 'so it is' })

const loss = {
  log,
  from: 40,
  to: 52,
  acceptedBy: 'Jane Roe',
  requestedBy: 'admin',
  reason: 'the disk died',
  atUnixNs: 0n,
  record: `${'1'.repeat(32)}-${'2'.repeat(16)}`,
}

function state(changed: Partial<MonitorState> = {}): MonitorState {
  return { ...nothingMonitored, checkedUnixMs: nowMs - 60_000, ...changed }
}

it('says when it looked, and that it has not', () => {
  expect(describeMonitor(nothingMonitored, nowMs)).toEqual({
    state: 'never',
    checked_at: null,
    whole_since: null,
    texts_whole_since: null,
    findings: [],
    accepted_losses: [],
  })
  expect(describeMonitor(state({ wholeUnixMs: nowMs - 120_000 }), nowMs)).toEqual({
    state: 'ok',
    checked_at: '2026-01-01T23:59:00.000000000Z',
    whole_since: '2026-01-01T23:58:00.000000000Z',
    texts_whole_since: null,
    findings: [],
    accepted_losses: [],
  })
})

it.each<[string, MonitorState, string]>([
  ['an old look', state({ checkedUnixMs: nowMs - 600_001 }), 'stale'],
  ['a sealer that stands still', state({ findings: [found('checkpoint_stale')] }), 'stale'],
  [
    'one that stands still while rows arrive',
    state({ findings: [found('row_unsealed'), found('checkpoint_stale')] }),
    'stale',
  ],
  ['rows that a living sealer never saw', state({ findings: [found('row_unsealed')] }), 'failed'],
  [
    'the same, while another log stands still',
    state({ findings: [found('row_unsealed'), found('checkpoint_stale', 'other')] }),
    'failed',
  ],
  ['too few witnesses', state({ findings: [found('unwitnessed')] }), 'ok'],
  ['a changed row', state({ findings: [found('row_mismatch')] }), 'failed'],
  [
    'a changed row, long ago',
    state({ checkedUnixMs: nowMs - 999_999, findings: [found('row_missing')] }),
    'failed',
  ],
  ['an accepted loss', state({ acceptedLosses: [loss] }), 'loss_accepted'],
  [
    'an accepted loss, and a changed row',
    state({ acceptedLosses: [loss], findings: [found('row_mismatch')] }),
    'failed',
  ],
  [
    'an accepted loss, long ago',
    state({ acceptedLosses: [loss], checkedUnixMs: nowMs - 999_999 }),
    'stale',
  ],
])('%s', (_, watched, expected) => {
  expect(describeMonitor(watched, nowMs).state).toBe(expected)
})

it('shows the first ten findings', () => {
  const findings = Array.from({ length: 30 }, () => found('row_mismatch'))
  expect(describeMonitor(state({ findings }), nowMs).findings).toHaveLength(10)
})

it('raises an assurance only for what witnesses said themselves, and lately', () => {
  const watched = { size: 300, assuredSize: 200, lookedUnixMs: nowMs - 60_000 }
  const monitored = (assurance: 'witnessed' | 'witnessed+monitored', lookedUnixMs: number) =>
    state({ logs: new Map([[log, { ...watched, assurance, lookedUnixMs }]]) })
  const fresh = monitored('witnessed+monitored', nowMs - 60_000)
  expect(monitoredAssurance(fresh, { log, index: 199 }, nowMs)).toBe('witnessed+monitored')
  expect(monitoredAssurance(fresh, { log, index: 200 }, nowMs)).toBe('witnessed')
  expect(monitoredAssurance(fresh, { log: 'other', index: 1 }, nowMs)).toBe('witnessed')
  const old = monitored('witnessed+monitored', nowMs - 600_001)
  expect(monitoredAssurance(old, { log, index: 1 }, nowMs)).toBe('witnessed')
  const unasked = monitored('witnessed', nowMs)
  expect(monitoredAssurance(unasked, { log, index: 1 }, nowMs)).toBe('witnessed')
})

it('shows one of each code before the second of any', () => {
  const findings = [
    ...Array.from({ length: 20 }, () => found('act_unsealed')),
    found('log_missing', 'gone'),
  ]
  const shown = describeMonitor(state({ findings }), nowMs).findings.map(({ code }) => code)
  expect(shown.slice(0, 3)).toEqual(['act_unsealed', 'log_missing', 'act_unsealed'])
})
