import { WhodidError } from '@whodid/model'
import type { RecordPruner } from '@whodid/store'

/** The logs that are held, where they are asked about, and the way to those that have records. */
interface LogsDeps {
  readonly knownLogs?: (() => Promise<readonly string[]>) | undefined
  readonly pruner: Pick<RecordPruner, 'logsBefore'>
}

/** Other services' logs that an error names. */
const otherLogsNamed = 3

/**
 * Throws `ledger_shared` when records received before `cut` (nanoseconds since 1970) are of a log that this service does not hold. The
 * record of a deletion stands in its own log: the service of the other log would not find it, and take what is gone for tampering.
 */
export async function refuseOtherLogs({ knownLogs, pruner }: LogsDeps, cut: bigint): Promise<void> {
  if (knownLogs === undefined) return
  const known = await knownLogs()
  const others = (await pruner.logsBefore(cut)).filter((log) => !known.includes(log))
  if (others.length === 0) return
  const named = others.slice(0, otherLogsNamed).map((log) => `"${log}"`)
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : ''
  throw new WhodidError(
    'ledger_shared',
    `"before" expected a time before which every record is of a log that this service holds; there are records of ${named.join(', ')}${more}`,
  )
}
