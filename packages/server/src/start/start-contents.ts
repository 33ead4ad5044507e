import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ContentKeys, createContentReader } from '@whodid/content'
import type { ContentReader } from '@whodid/content'
import { WhodidError } from '@whodid/model'
import { applyPolicy, openRetentionService } from '@whodid/retention'
import type { RetentionDeps, RetentionService } from '@whodid/retention'
import { createContentEraser, createRecordPruner } from '@whodid/store'
import type { ContentEraser, RecordPruner } from '@whodid/store'
import type { LedgerAccess } from '../config/read-ledger.ts'
import { tenantDefault } from './follow-access.ts'
import { collectorMissing } from './readiness.ts'
import type { CollectorPort } from './readiness.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** The keys that encrypt text, and the connections that delete text and records. */
export interface ContentStores {
  readonly keys: ContentKeys
  readonly eraser: ContentEraser
  readonly pruner: RecordPruner
}

/** Milliseconds that an erasure waits for text on its way into ClickHouse. */
const storedTimeoutMs = 10_000
const hourMs = 3_600_000

/** Opens the keys of subjects and the connections that erase. Throws `invalid_config` when the keys are not whole. */
export async function startContentStores(
  { config, wrapping }: StartupContext,
  access: Pick<LedgerAccess, 'eraser' | 'pruner'>,
): Promise<Started<ContentStores>> {
  const keys = await ContentKeys.open(join(config.keysDir, 'content'), wrapping)
  const eraser = createContentEraser(access.eraser)
  const pruner = createRecordPruner(access.pruner)
  const stop = async (): Promise<void> => {
    await Promise.all([eraser.close(), pruner.close()])
  }
  return { value: { keys, eraser, pruner }, stop }
}

/** The service that erases, prunes and holds, and the reader of the texts that it left. */
export interface OpenedRetention {
  readonly retention: RetentionService
  readonly contents: ContentReader
}

/**
 * Opens the retention service. The collector puts each of its decisions on record; until it listens, a decision throws `log_failed`.
 * Throws `invalid_config`.
 */
export async function openRetention(
  { config }: StartupContext,
  { keys, eraser, pruner, knownLogs }: ContentStores & Pick<RetentionDeps, 'knownLogs'>,
  collector: CollectorPort<'record' | 'stored'>,
): Promise<OpenedRetention> {
  const listening = (): NonNullable<ReturnType<typeof collector>> => {
    const running = collector()
    if (running !== undefined) return running
    throw new WhodidError('log_failed', collectorMissing)
  }
  const retention = await openRetentionService({
    keys,
    dir: join(config.keysDir, 'custody'),
    record: (records) => listening().record(records),
    stored: async () => {
      await Promise.race([listening().stored(), sleep(storedTimeoutMs, undefined, { ref: false })])
    },
    eraser,
    pruner,
    knownLogs,
    now: () => BigInt(Date.now()) * 1_000_000n,
  })
  return { retention, contents: createContentReader(keys, retention.expiredBefore) }
}

/**
 * Completes the erasures that a crash interrupted, then deletes content and records past their retention, now and once an hour; the
 * latter only where the configuration limits retention.
 */
export async function startRetention(
  { config, onEvent }: StartupContext,
  service: RetentionService,
  pruner: Pick<RecordPruner, 'hasBefore'>,
): Promise<Started<void>> {
  // Work that ClickHouse refuses now is tried again at the next start.
  await service.resume()
  const { textDays, recordDays } = config.retention
  if (textDays === undefined && recordDays === undefined)
    return { value: undefined, stop: () => Promise.resolve() }
  const now = (): bigint => BigInt(Date.now()) * 1_000_000n
  let running: Promise<void> | undefined
  const round = async (): Promise<void> => {
    try {
      const ports = { service, pruner, tenant: tenantDefault, now }
      const { state } = await applyPolicy(config.retention, ports)
      if (state === 'held')
        onEvent({ event: 'warning', message: 'nothing is deleted by age: a legal hold stands' })
      if (state === 'shared')
        onEvent({
          event: 'warning',
          message: 'nothing is deleted by age: other services have records in this ledger',
        })
    } catch (thrown) {
      // The next round tries again, and completes what is on record as decided.
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `content past its retention was not deleted: ${why}` })
    }
  }
  const wake = (): void => {
    running ??= round().finally(() => (running = undefined))
  }
  const timer = setInterval(wake, hourMs).unref()
  wake()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await running
  }
  return { value: undefined, stop }
}
