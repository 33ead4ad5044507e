import type { QuestionCost, Registration } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import { readRegistration } from '../registry/registry-row.ts'
import type { RegistryRow } from '../registry/registry-row.ts'
import { prunedSql, resourceOfTemplate, versionInForceSql } from '../registry/sql.ts'
import { toDateTime64 } from '../time-bounds.ts'

/** No version. */
export const noVersion: RegistryPart = {
  registration: null,
  isUnreadable: false,
  mayBePruned: false,
  costs: [],
}

/** Reads the newest version of a template that was recorded by an instant. Throws the errors of `Selector.select`. */
export async function readVersion(
  selector: Selector,
  tenant: string,
  { template, at }: { readonly template: string; readonly at: bigint },
): Promise<RegistryPart> {
  const { rows, cost } = await askStatement<RegistryRow>(selector, {
    sql: versionInForceSql,
    parameters: { resource: resourceOfTemplate(template), at: toDateTime64(at) },
    tenant,
  })
  const [row] = rows
  if (row !== undefined) {
    const registration = readRegistration(row) ?? null
    const isUnreadable = registration === null
    return { registration, isUnreadable, mayBePruned: false, costs: [cost] }
  }
  const pruned = await askStatement<{ prunes: string }>(selector, {
    sql: prunedSql,
    parameters: {},
    tenant,
  })
  const mayBePruned = Number(pruned.rows[0]?.prunes ?? 0) > 0
  return { ...noVersion, mayBePruned, costs: [cost, pruned.cost] }
}

/** The registry's part of an answer. */
export interface RegistryPart {
  readonly registration: Registration | null
  /** True where the newest version cannot be read. */
  readonly isUnreadable: boolean
  /** True where records were pruned and no version is on record, so that there may have been one. */
  readonly mayBePruned: boolean
  readonly costs: readonly QuestionCost[]
}
