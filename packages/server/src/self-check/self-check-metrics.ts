import type { MetricFamily } from '@whodid/model'
import { describeMonitor, findingCodes, lossFinding } from '@whodid/verify'
import type { MonitorState } from '@whodid/verify'

/** The results of the self-check as metrics for Prometheus. */
export function selfCheckMetrics(state: MonitorState): MetricFamily[] {
  const { checkedUnixMs, acceptedLosses, logs } = state
  const findings = [...state.findings, ...acceptedLosses.map(lossFinding)]
  const age = checkedUnixMs === 0 ? -1 : (Date.now() - checkedUnixMs) / 1000
  const counts = Object.keys(findingCodes).map((code) => ({
    labels: { code },
    value: findings.filter((finding) => finding.code === code).length,
  }))
  return [
    {
      name: 'whodid_self_check_rows_total',
      type: 'counter',
      help: 'Rows whose hash was recomputed and held against what was sealed.',
      samples: [{ value: state.rowCount }],
    },
    {
      name: 'whodid_self_check_texts_total',
      type: 'counter',
      help: 'Texts that were opened and found as their records committed to.',
      samples: [{ value: state.textCount }],
    },
    {
      name: 'whodid_self_check_failed',
      type: 'gauge',
      help: '1 when the self-check has found that the ledger is not what was sealed.',
      samples: [{ value: describeMonitor(state).state === 'failed' ? 1 : 0 }],
    },
    {
      name: 'whodid_self_check_findings',
      type: 'gauge',
      help: 'What the self-check has found and is not over, by the codes of `whodid verify`; the first hundred.',
      samples: counts,
    },
    {
      name: 'whodid_self_check_age_seconds',
      type: 'gauge',
      help: 'Seconds since a part of the ledger was verified; -1 before the first.',
      samples: [{ value: age }],
    },
    {
      name: 'whodid_witnessed_records',
      type: 'gauge',
      help: 'Records of each log that enough witnesses stand behind; 0 while the log is only local.',
      samples: [...logs].map(([log, { assurance, assuredSize }]) => ({
        labels: { log },
        value: assurance === 'local' ? 0 : assuredSize,
      })),
    },
  ]
}
