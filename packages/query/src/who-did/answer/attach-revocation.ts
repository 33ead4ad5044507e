import { orderAct } from '@whodid/identity'
import type { ActOnRecord, LogPlace, Receipt, RevocableAgent, Stop } from '@whodid/identity'
import { parseInstant } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { latest, toDateTime64 } from '../../time-bounds.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { toldOrdersSql } from '../evidence/sql.ts'
import { nameOrNull } from '../../text.ts'
import type { Question } from '../question.ts'
import { revocationReason } from './revocation-reasons.ts'

/** The revocations of a tenant, as an answer looks at them. */
export interface RevocationLookup {
  /** The times during which an agent was or is stopped, each with the record of its order. */
  readonly stopsOf: (tenant: string, agent: RevocableAgent) => readonly RecordedStop[]
  /** The number of an order; 0 for an ID that is none. */
  readonly seqOf: (tenant: string, id: string) => number
}

type RecordedStop = Stop & { readonly record: string }

/** The sources of {@link attachRevocation}. */
interface RevocationDeps {
  readonly evidence: Evidence
  readonly tenant: string
  readonly selector: Pick<Selector, 'select'>
  readonly revocations: RevocationLookup | undefined
}

/** Stops of one agent that an answer looks at, the newest. */
const stopsMax = 16
/** Intents of one act that an answer looks at. */
const intentsMax = 8

/**
 * Adds to an answer on an agent's act that its agent was stopped, and if the act was before that. Decides nothing else. Reads nothing
 * more for an agent that never was. Throws what `Selector.select` throws.
 */
export async function attachRevocation<Answer extends Omit<WhoDidAnswer, 'summary' | 'integrity'>>(
  question: Question,
  answer: Answer,
  deps: RevocationDeps,
): Promise<Answer> {
  const { evidence, tenant, revocations } = deps
  const [subject] = evidence.relatedRecords.get(answer.action?.span ?? '') ?? []
  if (revocations === undefined || subject === undefined || answer.verdict !== 'agent')
    return answer
  // A question of the past is answered from what was known then.
  const stops = revocations
    .stopsOf(tenant, agentOf(answer, evidence))
    .filter(({ by }) => (question.asRecorded ?? by.atUnixNs) >= by.atUnixNs)
    .slice(-stopsMax)
  if (stops.length === 0) return answer
  const intents = intentsOf(subject, evidence)
  const own = [subject, ...intents]
  const refs = [...stops.map(({ record }) => record), ...own.map(({ key }) => key)]
  const told = await readTold(deps, question, refs)
  const placed = stops.map((stop) => ({ ...stop, place: told.placeOf(stop.record) }))
  const seen = own
    .flatMap((record) => told.ordersOf(record))
    .map((id) => revocations.seqOf(tenant, id))
  const found = orderAct(placed, {
    ...timesOf(answer, subject, intents),
    seenSeq: Math.max(0, ...seen),
  })
  const cost = {
    ...answer.cost,
    statements: answer.cost.statements + 1,
    rows_read: answer.cost.rows_read + told.rowsRead,
    bytes_read: answer.cost.bytes_read + told.bytesRead,
  }
  if (found === undefined) return { ...answer, cost }
  const { record } = stops.find(({ by }) => by === found.stop.by) ?? { record: '' }
  return { ...answer, cost, reasons: [...answer.reasons, revocationReason(found, answer, record)] }
}

/** The intents by which the sender of an act announced it: records below it, of the same action. */
function intentsOf(act: EvidenceRecord, { relatedRecords }: Evidence): EvidenceRecord[] {
  if (act.action === '') return []
  return [...relatedRecords.values()]
    .flat()
    .filter(
      ({ kind, parent, action, outcome, exporter }) =>
        kind === 'action' &&
        parent === act.key &&
        action === act.action &&
        outcome === 'unknown' &&
        exporter === act.exporter,
    )
    .slice(0, intentsMax)
}

/** What records say of orders, and their places. */
interface Told {
  /** The IDs of the orders that a record names. */
  readonly ordersOf: (record: EvidenceRecord) => readonly string[]
  /** The place of the order's own record in its log. */
  readonly placeOf: (record: string) => LogPlace | undefined
  readonly rowsRead: number
  readonly bytesRead: number
}

interface ToldRow {
  /** `<trace>-<span>`. */
  readonly ref: string
  readonly exporter: string
  readonly log: string
  readonly log_index: string
  readonly seen: string
  readonly refused_by: string
}

async function readTold(
  { selector, tenant }: RevocationDeps,
  { asRecorded }: Question,
  keys: readonly string[],
): Promise<Told> {
  const traces = [...new Set(keys.map((key) => key.slice(0, 32)))]
  const { rows, rowsRead, bytesRead } = await selector.select<ToldRow>({
    sql: toldOrdersSql,
    parameters: {
      traces: traces.join(','),
      keys: keys.join(','),
      recorded: asRecorded === null ? latest : toDateTime64(asRecorded),
    },
    tenant,
  })
  return {
    ordersOf: ({ key, exporter }) =>
      rows
        // What another sender says under the same ID does not count.
        .filter((row) => row.ref === key && row.exporter === exporter)
        .flatMap((row) => [row.seen, row.refused_by])
        .filter((id) => id !== ''),
    placeOf: (record) => {
      const row = rows.find(({ ref, exporter }) => ref === record && exporter === ownClientName)
      return row && placeOf(row)
    },
    rowsRead,
    bytesRead,
  }
}

/** The ingest client of Whodid's own records; no token has this name. */
const ownClientName = 'whodid'

function timesOf(
  { action }: Pick<WhoDidAnswer, 'action'>,
  subject: EvidenceRecord,
  intents: readonly EvidenceRecord[],
): Omit<ActOnRecord, 'seenSeq'> {
  const received = receiptOf(subject)
  const [first] = intents.map(receiptOf).toSorted((a, b) => compare(a.unixNs, b.unixNs))
  const startUnixNs = parseInstant(action?.started_at ?? '', 'started_at')
  // An intent alone is no end: the act was announced, and that is all.
  if (action?.outcome !== 'unknown') return { startUnixNs, received, announced: first }
  return { startUnixNs, received: neverReceived, announced: first ?? received }
}

/** The receipt of an end that is not on record. */
const neverReceived: Receipt = { unixNs: 2n ** 63n, place: undefined }

function receiptOf(record: EvidenceRecord): Receipt {
  return { unixNs: unixNs(record.received_at), place: placeOf(record) }
}

function placeOf({ log, log_index: index }: Pick<EvidenceRecord, 'log' | 'log_index'>) {
  return log === '' ? undefined : { log, index: BigInt(index) }
}

type Named = Pick<
  WhoDidAnswer,
  'action' | 'agent' | 'delegator' | 'delegation_chain' | 'correlation_id' | 'credential'
>

/** The names of the acting agent as its records have them: an answer shows a name on one line, and two may look alike. */
function agentOf(answer: Named, evidence: Evidence): RevocableAgent {
  const { action, agent, delegator, correlation_id: task, credential } = answer
  const versions = evidence.relatedRecords.get(action?.span ?? '') ?? []
  const written = namesOnRecord(versions, evidence)
  const one = (shown: string | null | undefined): string | undefined => written(shown ?? '')[0]
  const { ancestors, ancestorTemplates } = ancestorsOf(answer)
  return {
    ancestors: ancestors.flatMap(written),
    ancestorTemplates: ancestorTemplates.flatMap(written),
    instance: one(agent?.instance?.id),
    template: one(agent?.template?.id),
    delegator: one(delegator?.id),
    delegations: versions.flatMap(({ delegation, delegation_parent: above }) => [
      delegation,
      above,
    ]),
    task: one(task),
    credentials: written(credential?.id ?? ''),
  }
}

/** Returns the names on record that an answer shows as a text: those of the act itself, else those of the records around it; else the text. */
function namesOnRecord(
  act: readonly EvidenceRecord[],
  { relatedRecords }: Evidence,
): (shown: string) => readonly string[] {
  const own = byShown(act)
  const around = byShown([...relatedRecords.values()].flat())
  return (shown) => own.get(shown) ?? around.get(shown) ?? [shown]
}

function byShown(records: readonly EvidenceRecord[]): ReadonlyMap<string, readonly string[]> {
  const names = new Set(
    records.flatMap((one) => [
      one.instance,
      one.instance_parent,
      one.template,
      one.delegator,
      one.user,
      one.correlation,
      one.credential,
      ...one.delegation_chain,
    ]),
  )
  const found = new Map<string, string[]>()
  for (const name of names) {
    const shown = nameOrNull(name)
    if (shown !== null) found.set(shown, [...(found.get(shown) ?? []), name])
  }
  return found
}

/** The agents above the acting one, by the chain of the answer and by the parent that the act's own record names. */
function ancestorsOf({ agent, delegation_chain: chain }: Named): {
  readonly ancestors: readonly string[]
  readonly ancestorTemplates: readonly string[]
} {
  const above = chain.filter(({ type, id }) => type === 'agent' && id !== agent?.instance?.id)
  return {
    ancestors: [...above.map(({ id }) => id), agent?.instance?.parent_id ?? ''],
    ancestorTemplates: above.flatMap(({ template }) => template ?? []),
  }
}

/** `YYYY-MM-DD hh:mm:ss.nnnnnnnnn`, UTC, in nanoseconds since 1970. */
function unixNs(text: string): bigint {
  return parseInstant(`${text.replace(' ', 'T')}Z`, 'received_at')
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
