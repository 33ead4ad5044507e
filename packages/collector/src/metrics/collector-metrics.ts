import type { MetricFamily } from '@whodid/model'
import type { CollectorMetrics, Distribution } from './collector-meter.ts'

/** The collector's measures, for Prometheus. Durations are in seconds, as is usual there. */
export function collectorMetricFamilies(metrics: CollectorMetrics): MetricFamily[] {
  return [
    ...requestMetrics(metrics),
    ...logMetrics(metrics),
    ...storeMetrics(metrics),
    ...sequencerMetrics(metrics),
  ]
}

function requestMetrics(metrics: CollectorMetrics): MetricFamily[] {
  const records: [string, number][] = [
    ['logged', metrics.recordsLogged],
    ['duplicate', metrics.recordsDuplicate],
    ['rejected', metrics.recordsRejected],
    ['quarantined', metrics.recordsQuarantined],
    ['replayed', metrics.recordsReplayed],
    ['stored', metrics.recordsStored],
  ]
  return [
    counter('whodid_requests_total', 'OTLP requests.', metrics.requests),
    gauge('whodid_requests_in_flight', 'OTLP requests under way.', metrics.requestsInFlight),
    {
      name: 'whodid_requests_refused_total',
      type: 'counter',
      help: 'OTLP requests refused, by error code.',
      samples: labelled('code', Object.entries(metrics.refusals)),
    },
    counter(
      'whodid_connections_dropped_total',
      'Connections closed at the bound of open ones.',
      metrics.connectionsDropped,
    ),
    {
      name: 'whodid_records_total',
      type: 'counter',
      help: 'Spans and log records by what became of them; quarantined ones are rejected ones too.',
      samples: labelled('outcome', records),
    },
    counter(
      'whodid_parts_unread_total',
      'Attributes, events and links that could not be read and were left out of their records, which count them.',
      metrics.partsUnread,
    ),
  ]
}

function logMetrics(metrics: CollectorMetrics): MetricFamily[] {
  return [
    gauge('whodid_log_bytes', 'Bytes of the log that are not in ClickHouse.', metrics.logBytes),
    gauge(
      'whodid_log_segments',
      'Sealed segments that are not in ClickHouse.',
      metrics.unstoredSegments,
    ),
    gauge(
      'whodid_log_oldest_age_seconds',
      'Age of the oldest record that is not in ClickHouse; 0 when all are.',
      metrics.oldestUnstoredAgeMs / 1_000,
    ),
    gauge('whodid_quarantine_bytes', 'Bytes of rejected spans kept.', metrics.quarantineBytes),
    gauge('whodid_quarantine_files', 'Requests with rejected spans kept.', metrics.quarantineFiles),
  ]
}

function storeMetrics(metrics: CollectorMetrics): MetricFamily[] {
  return [
    counter('whodid_insert_retries_total', 'Inserts that failed.', metrics.insertRetries),
    counter(
      'whodid_insert_refusals_total',
      'Inserts that ClickHouse said it will refuse again.',
      metrics.insertRefusals,
    ),
    gauge('whodid_store_failing', '1 when the last insert failed.', metrics.isStoreFailing ? 1 : 0),
    histogram('whodid_insert_seconds', 'Time of an insert that succeeded.', metrics.insertMs),
    histogram(
      'whodid_queryable_lag_seconds',
      'Time from the first record of a segment to its being stored, when it can be asked about.',
      metrics.storedLagMs,
    ),
  ]
}

function sequencerMetrics(metrics: CollectorMetrics): MetricFamily[] {
  return [
    gauge('whodid_sealed_records', 'Records that a checkpoint covers.', metrics.sealedSize),
    gauge(
      'whodid_unsealed_records',
      'Durable records that no checkpoint covers.',
      metrics.unsealedCount,
    ),
    gauge(
      'whodid_checkpoint_age_seconds',
      'Time since the newest checkpoint of this run.',
      metrics.checkpointAgeMs / 1_000,
    ),
    counter('whodid_checkpoints_total', 'Checkpoints signed.', metrics.checkpoints),
    counter(
      'whodid_seal_seconds_total',
      'Time that hashing the tree and signing took.',
      metrics.sealMs / 1_000,
    ),
    {
      name: 'whodid_cosigned_records',
      type: 'gauge',
      help: 'Records of the newest checkpoint that each witness has cosigned in this run.',
      samples: metrics.witnesses.map(({ name, cosignedSize }) => ({
        value: cosignedSize,
        labels: { witness: name },
      })),
    },
    {
      name: 'whodid_witness_alarm',
      type: 'gauge',
      help: '1 while a witness says that the log was put back (ahead) or written anew (fork).',
      samples: metrics.witnesses.map(({ name, outcome }) => ({
        value: outcome === 'ahead' || outcome === 'fork' ? 1 : 0,
        labels: { witness: name },
      })),
    },
    ...metaLogMetrics(metrics),
    gauge(
      'whodid_seal_failed',
      '1 when sealing has stopped and an operator must look.',
      metrics.sealFailure === '' ? 0 : 1,
    ),
  ]
}

/** Without a meta-log there are none of these. */
function metaLogMetrics({
  metaLog,
  sealedSize,
  unregisteredKeys,
}: CollectorMetrics): MetricFamily[] {
  if (metaLog === undefined) return []
  const { outcome, cosignedSize, failureCount } = metaLog
  return [
    gauge(
      'whodid_meta_log_lag_records',
      'Sealed records that no checkpoint covers that the meta-log took in this run.',
      Math.max(sealedSize - cosignedSize, 0),
    ),
    counter(
      'whodid_meta_log_failures_total',
      'Submissions that the meta-log did not acknowledge.',
      failureCount,
    ),
    gauge(
      'whodid_meta_log_alarm',
      '1 while the meta-log says that the log was put back (ahead) or written anew (fork).',
      outcome === 'ahead' || outcome === 'fork' ? 1 : 0,
    ),
    gauge(
      'whodid_meta_log_unregistered_keys',
      'Keys of the log that the meta-log has not acknowledged; it is told again and again.',
      unregisteredKeys,
    ),
  ]
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'counter', samples: [{ value }] }
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ value }] }
}

function labelled(label: string, values: readonly [string, number][]): MetricFamily['samples'] {
  return values.map(([text, value]) => ({ value, labels: { [label]: text } }))
}

function histogram(
  name: string,
  help: string,
  { bounds, cumulativeCounts, sum }: Distribution,
): MetricFamily {
  const buckets = cumulativeCounts.map((value, index) => {
    const bound = bounds[index]
    const le = bound === undefined ? '+Inf' : String(bound / 1_000)
    return { suffix: '_bucket', labels: { le }, value }
  })
  const count = cumulativeCounts.at(-1) ?? 0
  const totals = [
    { suffix: '_sum', value: sum / 1_000 },
    { suffix: '_count', value: count },
  ]
  return { name, help, type: 'histogram', samples: [...buckets, ...totals] }
}
