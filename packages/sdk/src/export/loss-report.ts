import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { Attributes, Tracer } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import { now } from '../now.ts'
import type { Config, LossReason } from '../config.ts'
import type { QueueListener } from './export-queue.ts'

/** Least time between two lines of one sort on standard error, in milliseconds. */
const noticeIntervalMs = 60_000
/** Least time between two records of loss: a collector that refuses those too must not be answered with ever more. */
const recordIntervalMs = 5_000

/** Reports losses: to the caller at once, on standard error now and then, and to the ledger when the collector answers again. */
export interface LossReport extends QueueListener {
  /** Set once the pipeline stands. */
  tracer: Tracer | undefined
}

export function makeLossReport(config: Config): LossReport {
  const unreported: Record<LossReason, number> = { queueFull: 0, rejected: 0, undelivered: 0 }
  let reportedAtMs = Number.NEGATIVE_INFINITY
  const noticeLost = makeNotice()
  const noticeFailed = makeNotice()
  return {
    tracer: undefined,
    onLoss(loss) {
      unreported[loss.reason] += loss.count
      noticeLost(
        `${loss.total} records lost (${loss.reason}${loss.detail === '' ? '' : `: ${loss.detail}`})`,
      )
      try {
        config.onLoss?.(loss)
      } catch {
        // The application's own callback failed; the loss is counted and reported all the same.
      }
    },
    onAcknowledged() {
      const lost = unreported.queueFull + unreported.rejected + unreported.undelivered
      if (lost === 0 || Date.now() - reportedAtMs < recordIntervalMs) return
      reportedAtMs = Date.now()
      const lostNow = { ...unreported }
      unreported.queueFull = unreported.rejected = unreported.undelivered = 0
      if (this.tracer !== undefined) recordLoss(this.tracer, lostNow)
    },
    onFailed(detail, pending) {
      noticeFailed(`cannot reach ${config.tracesUrl} (${detail}); ${pending} records wait`)
    },
  }
}

function makeNotice(): (line: string) => void {
  let lastMs = Number.NEGATIVE_INFINITY
  return (line) => {
    if (Date.now() - lastMs < noticeIntervalMs) return
    lastMs = Date.now()
    process.stderr.write(`whodid: ${line}\n`)
  }
}

/** One record of kind `other` that says how many records the ledger will never see. */
function recordLoss(tracer: Tracer, lost: Readonly<Record<LossReason, number>>): void {
  const attributes: Attributes = {
    [attribute.recordKind]: 'other',
    'whodid.sdk.lost.queue_full': lost.queueFull,
    'whodid.sdk.lost.rejected': lost.rejected,
    'whodid.sdk.lost.undelivered': lost.undelivered,
  }
  const at = now()
  tracer.startSpan('records lost', { attributes, startTime: at, root: true }, ROOT_CONTEXT).end(at)
}
