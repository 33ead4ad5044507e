import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ContentKeys, createContentReader } from '@whodid/content'
import { openRetentionService } from '@whodid/retention'
import type { ContentReader } from '@whodid/content'
import type { RetentionService } from '@whodid/retention'
import { WhodidError } from '@whodid/model'
import { createContentEraser, createRecordPruner } from '@whodid/store'
import type { RecordPruner } from '@whodid/store'
import type { LedgerAccess } from '../config.ts'
import type { CollectorSlot } from './readiness.ts'
import { startRetention } from './start-retention.ts'
import type { Starting } from './starting.ts'

/** What encrypts text on its way in, opens it on its way out, and takes it away. */
export interface Contents {
  readonly keys: ContentKeys
  readonly contents: ContentReader
  readonly custodian: RetentionService
  readonly pruner: Pick<RecordPruner, 'hasBefore'>
}

/** Milliseconds that an erasure waits for text on its way into ClickHouse. */
const storedTimeoutMs = 10_000

/** Opens the keys of subjects and the custodian over them. Throws `invalid_config` when they are not whole. */
export async function openContents(
  { config, stops }: Starting,
  access: LedgerAccess,
  slot: CollectorSlot,
): Promise<Contents> {
  const keys = await ContentKeys.open(join(config.keysDir, 'content'))
  const eraser = createContentEraser(access.eraser)
  const pruner = createRecordPruner(access.pruner)
  stops.push(async () => {
    await Promise.all([eraser.close(), pruner.close()])
  })
  const collector = (): NonNullable<CollectorSlot['collector']> => {
    if (slot.collector !== undefined) return slot.collector
    throw new WhodidError('log_failed', 'the collector does not listen yet')
  }
  const custodian = await openRetentionService({
    keys,
    dir: join(config.keysDir, 'custody'),
    record: (records) => collector().record(records),
    stored: async () => {
      await Promise.race([collector().stored(), sleep(storedTimeoutMs, undefined, { ref: false })])
    },
    eraser,
    pruner,
    now: () => BigInt(Date.now()) * 1_000_000n,
  })
  return { keys, contents: createContentReader(keys, custodian.expiredBefore), custodian, pruner }
}

/** Goes on with what a crash left half done, and from now on lets go by age what is past its time. */
export async function resumeCustody(
  starting: Starting,
  held: Pick<Contents, 'custodian' | 'pruner'>,
): Promise<void> {
  // What ClickHouse does not take now is tried again with the next start.
  await held.custodian.resume()
  startRetention(starting, held)
}
