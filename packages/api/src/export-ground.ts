import { createHash } from 'node:crypto'
import { printableLine, WhodidError } from '@whodid/model'
import type { LogTrees } from '@whodid/store'
import type { ApiOptions } from './api-options.ts'

/** What an export stands on, and how it is put on record. */
export type ExportGround = NonNullable<ApiOptions['exports']> & {
  readonly trees: LogTrees
  /** Resolves when the ledger has the export durably: only then may the package leave. Does nothing without a custodian. */
  readonly record: (built: Uint8Array, exported: ExportRequest) => Promise<void>
}

interface ExportRequest {
  readonly of: string
  readonly tenant: string
  readonly by: string
  readonly caseId: string
}

/** Characters of the handle that the record keeps. */
const handleShownMax = 500

/** Finds what evidence is exported with. Throws `not_found` where nothing is sealed. */
export function exportGround({ exports, trees, custodian }: ApiOptions): ExportGround {
  if (exports === undefined || trees === undefined)
    throw new WhodidError('not_found', 'evidence is not exported here: nothing is sealed')
  const record: ExportGround['record'] = async (built, { of, tenant, by, caseId }) => {
    const sha256 = createHash('sha256').update(built).digest('hex')
    const request = { tenant, requestedBy: by, reason: 'export', caseId }
    await custodian?.exported({ of: printableLine(of, handleShownMax), sha256 }, request)
  }
  return { ...exports, trees, record }
}
