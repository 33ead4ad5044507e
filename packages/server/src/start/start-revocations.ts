import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { openRevocations } from '../revocation/revocation-service.ts'
import type { OpenedRevocations } from '../revocation/revocation-service.ts'
import { collectorMissing } from './readiness.ts'
import type { CollectorPort } from './readiness.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** Milliseconds between two attempts to put on record what a crash or a full log kept from it. */
const resumeMs = 1_000

/**
 * Opens the revocations, which are in force from then on, and puts those on record that are not yet. Throws `invalid_config` for a file
 * that cannot be read whole.
 */
export async function startRevocations(
  { config, onEvent }: StartupContext,
  collector: CollectorPort<'record'>,
): Promise<Started<OpenedRevocations>> {
  const warn = (message: string): void => onEvent({ event: 'warning', message })
  const revocations = await openRevocations({
    dir: join(config.dataDir, 'revocations'),
    record: (records) => {
      const running = collector()
      if (running === undefined) throw new WhodidError('log_failed', collectorMissing)
      return running.record(records)
    },
    now: () => BigInt(Date.now()) * 1_000_000n,
    onLate: warn,
  })
  let running: Promise<unknown> | undefined
  const timer = setInterval(() => {
    running ??= revocations.resume().finally(() => (running = undefined))
  }, resumeMs).unref()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await running
  }
  return { value: revocations, stop }
}
