import { applyPolicy } from '@whodid/retention'
import type { Contents } from './open-contents.ts'
import { tenantDefault } from './follow-readers.ts'
import type { Starting } from './starting.ts'

/** Once an hour it is looked what is past its time. */
const intervalMs = 3_600_000

/** Lets go what is past the time that it is kept, now and once an hour; does nothing where everything is kept for ever. */
export function startRetention(
  { config, onEvent, stops }: Starting,
  { custodian, pruner }: Pick<Contents, 'custodian' | 'pruner'>,
): void {
  const { textDays, recordDays } = config.retention
  if (textDays === undefined && recordDays === undefined) return
  const now = (): bigint => BigInt(Date.now()) * 1_000_000n
  let running: Promise<void> | undefined
  const round = async (): Promise<void> => {
    try {
      const ports = { service: custodian, pruner, tenant: tenantDefault, now }
      const { state } = await applyPolicy(config.retention, ports)
      if (state === 'held')
        onEvent({ event: 'warning', message: 'nothing is let go by age: a legal hold stands' })
    } catch (thrown) {
      // It is tried again in an hour; what was decided and recorded goes on then.
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `what is past its time was not let go: ${why}` })
    }
  }
  const wake = (): void => {
    running ??= round().finally(() => (running = undefined))
  }
  const timer = setInterval(wake, intervalMs).unref()
  wake()
  stops.push(async () => {
    clearInterval(timer)
    await running
  })
}
