import { randomBytes } from 'node:crypto'
import type { RecordedRevocation, RevocationRequest, RevocationService } from '@whodid/api'
import { RevocationState } from '@whodid/identity'
import type { LedgerRecord } from '@whodid/model'
import { openRevocationFile } from './revocation-file.ts'
import type { RevocationFile } from './revocation-file.ts'
import { revocationRecord } from './revocation-record.ts'

/** The parts that the service uses. */
export interface RevocationDeps {
  /** Directory of the service's own file. */
  readonly dir: string
  /** Appends records to the ledger's log; resolves when they are durable. */
  readonly record: (records: readonly LedgerRecord[]) => Promise<unknown>
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
  /** Told when a revocation is in force and its record is not in the ledger yet. */
  readonly onLate: (message: string) => void
}

/** A service that also writes the records that are still to be written. */
export interface OpenedRevocations extends RevocationService {
  /** Writes the records that a crash or a full log kept from the ledger. Resolves with the number that still are. */
  readonly resume: () => Promise<number>
}

interface TenantRevocations {
  readonly list: RecordedRevocation[]
  readonly state: RevocationState
  readonly byId: Map<string, RecordedRevocation>
  readonly listeners: Set<(revocation: RecordedRevocation) => void>
}

/**
 * Opens the revocations of this service. A revocation is first durable in a file of its own, so that neither a ClickHouse that is down
 * nor a full log keeps an agent from being stopped; then it is in force; then it is a record of the ledger. Throws `invalid_config`.
 */
export async function openRevocations(deps: RevocationDeps): Promise<OpenedRevocations> {
  const file = await openRevocationFile(deps.dir)
  const tenants = new Map<string, TenantRevocations>()
  const late = file.revocations.filter(({ id }) => !file.inLedger.has(id))
  for (const revocation of file.revocations) hold(tenantIn(tenants, revocation.tenant), revocation)
  let last: Promise<unknown> = Promise.resolve()
  // One at a time, so that the numbers have no hole and the file one writer.
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const run = last.then(act, act)
    last = run.catch(() => undefined)
    return run
  }
  const parts = { deps, file, tenants, late }
  return {
    revoke: async (request) => {
      const revocation = await inTurn(() => revoke(parts, request))
      // Behind the orders that wait: they come into force before any of them is put on record.
      await inTurn(() => putOnRecord(parts))
      return revocation
    },
    resume: () => inTurn(() => resume(parts)),
    list: (tenant, since, limit) => tenants.get(tenant)?.list.slice(since, since + limit) ?? [],
    newestSeq: (tenant) => tenants.get(tenant)?.list.length ?? 0,
    follow: (tenant, listener) => {
      const { listeners } = tenantIn(tenants, tenant)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stopsOf: (tenant, agent) => {
      const own = tenants.get(tenant)
      const stops = own?.state.stopsOf(agent) ?? []
      return stops.map((stop) => ({ ...stop, record: own?.byId.get(stop.by.id)?.record ?? '' }))
    },
    seqOf: (tenant, id) => tenants.get(tenant)?.byId.get(id)?.seq ?? 0,
  }
}

interface Parts {
  readonly deps: RevocationDeps
  readonly file: RevocationFile
  readonly tenants: Map<string, TenantRevocations>
  /** In force, and not in the ledger yet. */
  readonly late: RecordedRevocation[]
}

async function revoke(
  { deps, file, tenants, late }: Parts,
  request: RevocationRequest,
): Promise<RecordedRevocation> {
  const own = tenantIn(tenants, request.tenant)
  const revocation: RecordedRevocation = {
    ...request,
    seq: own.list.length + 1,
    id: randomBytes(16).toString('hex'),
    record: `${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}`,
    atUnixNs: deps.now(),
  }
  own.state.checkRoom()
  await file.append(revocation)
  hold(own, revocation)
  for (const listener of own.listeners) listener(revocation)
  late.push(revocation)
  return revocation
}

async function putOnRecord(parts: Parts): Promise<void> {
  const left = await resume(parts)
  if (left > 0)
    parts.deps.onLate(
      `${left} revocations are in force and not in the ledger yet; that is tried again`,
    )
}

async function resume({ deps, file, late }: Parts): Promise<number> {
  while (late[0] !== undefined) {
    const [next] = late
    try {
      await deps.record([revocationRecord(next)])
      await file.noteInLedger(next.id)
    } catch {
      // The caller is told how many are left, and tries again; the log takes a record that it has already once.
      break
    }
    late.shift()
  }
  return late.length
}

function hold(own: TenantRevocations, revocation: RecordedRevocation): void {
  own.state.add(revocation)
  own.list.push(revocation)
  own.byId.set(revocation.id, revocation)
}

function tenantIn(tenants: Map<string, TenantRevocations>, tenant: string): TenantRevocations {
  const known = tenants.get(tenant)
  if (known !== undefined) return known
  const made: TenantRevocations = {
    list: [],
    state: new RevocationState(),
    byId: new Map(),
    listeners: new Set(),
  }
  tenants.set(tenant, made)
  return made
}
