import { randomBytes } from 'node:crypto'
import type { RegistryService } from '@whodid/api'
import { registrationRecord } from '@whodid/model'
import type { LedgerRecord, RecordedDefinition } from '@whodid/model'

/** The parts that the registry uses. */
export interface RegistryDeps {
  /** Appends records to the ledger's log; resolves when they are durable. */
  readonly record: (records: readonly LedgerRecord[]) => Promise<unknown>
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Opens the registry. A version is a record of the ledger and nothing beside it: what the log seals is what holds. */
export function openRegistry({ record, now }: RegistryDeps): RegistryService {
  let lastUnixNs = 0n
  return {
    register: async ({ tenant, definition, recordedBy }) => {
      const nowUnixNs = now()
      // Two versions of one instant would have no order.
      lastUnixNs = nowUnixNs > lastUnixNs ? nowUnixNs : lastUnixNs + 1n
      const registered: RecordedDefinition = {
        tenant,
        definition,
        recordedBy,
        recordedAtUnixNs: lastUnixNs,
        record: `${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}`,
      }
      await record([registrationRecord(registered)])
      return registered
    },
  }
}
