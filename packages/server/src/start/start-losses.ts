import { firstUnstoredIndex } from '@whodid/collector'
import { WhodidError } from '@whodid/model'
import { findLogs, findLoss } from '@whodid/verify'
import type { LossService } from '@whodid/api'
import type { RetentionService } from '@whodid/retention'
import { createLeafReader } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'
import type { Started, StartupContext } from './startup-context.ts'

/** Starts the service that puts accepted losses on record. It accepts only a loss that it finds. */
export function startLosses(
  { config }: StartupContext,
  access: StoreAccess,
  retention: Pick<RetentionService, 'acceptLoss'>,
): Started<LossService> {
  const reader = createLeafReader(access, { threadsMax: 1 })
  const accept: LossService['accept'] = async (asked, request) => {
    const logs = await findLogs({ ...config, firstUnstored: firstUnstoredIndex })
    const log = logs.find(({ origin }) => origin === asked.log)
    if (log === undefined)
      throw new WhodidError(
        'not_found',
        `"log" expected one of ${logs.map(({ origin }) => origin).join(', ') || 'no log at all'}`,
      )
    const { from, to, checkpoint } = await findLoss(log, asked, reader)
    const { acceptedBy } = asked
    const loss = { log: log.origin, from, to, checkpoint, acceptedBy }
    const record = await retention.acceptLoss(loss, request)
    return { record, log: log.origin, from, to, accepted_by: acceptedBy, reason: request.reason }
  }
  return { value: { accept }, stop: () => reader.close() }
}
