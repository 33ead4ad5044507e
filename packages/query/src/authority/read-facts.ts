import type { Grade, QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import { toDateTime64 } from '../time-bounds.ts'
import { instanceFactsSql } from './sql.ts'

/** The backing of a claim: 0 by a sender that may make it, 1 by one that is bound to nobody, 2 by a rule. */
export type Backing = 0 | 1 | 2

/** The grade of each backing. */
export const gradeOfBacking: readonly Grade[] = ['channel', 'asserted', 'inferred']

interface NamedRow {
  readonly id: string
  readonly backing: Backing
}

interface EntryRow {
  readonly backing: Backing
  /** The time at which the ledger first had it, as the engine writes it. */
  readonly received: string
  /** `<trace>-<span>`. */
  readonly span: string
}

/** A delegation that records state. */
export interface DelegationRow extends EntryRow {
  readonly id: string
  readonly parent: string
  readonly delegator: string
  readonly type: string
  readonly delegator_issuer: string
  readonly issuer: string
  readonly audience: string
  readonly expires: string
  readonly scopes: readonly string[]
  readonly chain: readonly string[]
}

/** A decision on an act. */
export interface ApprovalRow extends EntryRow {
  readonly decision: string
  readonly tool: string
  readonly resource: string
  readonly action: string
  readonly approver: string
  readonly source: string
  readonly policy: string
  readonly reason: string
}

/** A credential that was used. */
export interface CredentialRow extends EntryRow {
  readonly id: string
  readonly type: string
  readonly issuer: string
  readonly subject: string
  readonly borrowed: boolean
  readonly scopes: readonly string[]
  readonly expires: string
}

interface FactsRow {
  readonly about: {
    readonly records: string
    readonly first: string
    readonly backing: Backing
    readonly templates: readonly NamedRow[]
    readonly parents: readonly NamedRow[]
    readonly delegators: readonly NamedRow[]
    readonly tasks: readonly NamedRow[]
  }
  readonly delegations: readonly DelegationRow[]
  readonly approvals: readonly ApprovalRow[]
  readonly credentials: readonly CredentialRow[]
}

/** The facts that the ledger had of an instance by an instant. */
export interface InstanceFacts {
  readonly records: number
  readonly first: string
  readonly backing: Backing
  /** The names with the best backing: what another sender says beside them does not count. */
  readonly templates: readonly string[]
  readonly templateBacking: Backing
  readonly parents: readonly string[]
  readonly delegators: readonly string[]
  readonly tasks: readonly string[]
  /** The entries of every backing, the newest first. */
  readonly delegations: readonly DelegationRow[]
  readonly approvals: readonly ApprovalRow[]
  readonly credentials: readonly CredentialRow[]
}

/** The template of an instance; undefined where records name none, or several with equal right. */
export function templateOf({ templates }: InstanceFacts): string | undefined {
  return templates.length === 1 ? templates[0] : undefined
}

/** Reads the facts of an instance. Throws the errors of `Selector.select`. */
export async function readFacts(
  selector: Selector,
  tenant: string,
  { id, at }: { readonly id: string; readonly at: bigint },
): Promise<{ readonly facts: InstanceFacts; readonly cost: QuestionCost }> {
  const { rows, cost } = await askStatement<FactsRow>(selector, {
    sql: instanceFactsSql,
    parameters: { id, at: toDateTime64(at) },
    tenant,
  })
  const [row] = rows
  if (row === undefined) throw new Error('the statement gave no row, and it always gives one')
  const { about, delegations, approvals, credentials } = row
  const templates = bestOf(about.templates)
  return {
    facts: {
      records: Number(about.records),
      first: about.first,
      backing: about.backing,
      templates: templates.ids,
      templateBacking: templates.backing,
      parents: bestOf(about.parents).ids,
      delegators: bestOf(about.delegators).ids,
      tasks: bestOf(about.tasks).ids,
      delegations: bestEntries(delegations),
      approvals,
      credentials,
    },
    cost,
  }
}

function bestOf(named: readonly NamedRow[]): {
  readonly ids: readonly string[]
  readonly backing: Backing
} {
  const backing = bestBacking(named)
  const ids = named.filter((each) => each.backing === backing).map(({ id }) => id)
  return { ids: [...new Set(ids)].toSorted(), backing }
}

/** A grant that a sender of no standing names must not widen one that a sender with standing named. */
function bestEntries<Entry extends EntryRow>(entries: readonly Entry[]): readonly Entry[] {
  const backing = bestBacking(entries)
  return entries.filter((each) => each.backing === backing)
}

function bestBacking(entries: readonly { readonly backing: Backing }[]): Backing {
  return entries.reduce<Backing>((best, { backing }) => (backing < best ? backing : best), 2)
}
