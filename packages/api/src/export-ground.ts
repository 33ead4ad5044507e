import { createHash } from 'node:crypto'
import type { RetentionRequest } from '@whodid/retention'
import { printableLine, WhodidError } from '@whodid/model'
import type { LogTrees } from '@whodid/tlog-posix'
import type { ApiOptions } from './api-options.ts'

/** What an export stands on, and how it is put on record. */
export type ExportGround = NonNullable<ApiOptions['exports']> & {
  readonly trees: LogTrees
  /** Resolves when the ledger has the export durably: only then may the package leave. Does nothing without a custodian. */
  readonly record: (built: Uint8Array, exported: ExportRequest) => Promise<void>
  /** Puts on record what an answer was decided from; undefined without a custodian. */
  readonly state: ((sha256: string, exported: ExportRequest) => Promise<string>) | undefined
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
  const shown = (of: string): string => printableLine(of, handleShownMax)
  const record: ExportGround['record'] = async (built, asked) => {
    const sha256 = createHash('sha256').update(built).digest('hex')
    await custodian?.exported({ of: shown(asked.of), sha256 }, requestOf(asked))
  }
  const state: ExportGround['state'] =
    custodian &&
    ((sha256, asked) =>
      custodian.exported({ of: shown(asked.of), sha256, kind: 'evidence' }, requestOf(asked)))
  return { ...exports, trees, record, state }
}

function requestOf({ tenant, by, caseId }: ExportRequest): RetentionRequest {
  return { tenant, requestedBy: by, reason: 'export', caseId }
}
