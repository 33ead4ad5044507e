import { createHash } from 'node:crypto'
import type { RetentionRequest, RetentionService } from '@whodid/retention'
import { printableLine } from '@whodid/model'

/** The part of the retention service that records packages. */
export type ExportService = Pick<RetentionService, 'exported'>

/** The package that is recorded, and its requester. */
export interface ExportRecord {
  readonly of: string
  readonly tenant: string
  readonly by: string
  readonly caseId: string
}

/** Characters of the handle that the record keeps. */
const handleShownMax = 500

/** Records a package in the ledger; resolves once the record is durable. */
export async function recordPackage(
  service: ExportService,
  exported: ExportRecord,
  built: Uint8Array,
): Promise<void> {
  const sha256 = createHash('sha256').update(built).digest('hex')
  await service.exported({ of: shown(exported), sha256 }, requestOf(exported))
}

/** Records the digest of an answer's evidence; resolves with the record, `<trace>-<span>`, once it is durable. */
export function recordEvidence(
  service: ExportService,
  exported: ExportRecord,
  sha256: string,
): Promise<string> {
  return service.exported({ of: shown(exported), sha256, kind: 'evidence' }, requestOf(exported))
}

function shown({ of }: ExportRecord): string {
  return printableLine(of, handleShownMax)
}

function requestOf({ tenant, by, caseId }: ExportRecord): RetentionRequest {
  return { tenant, requestedBy: by, reason: 'export', caseId }
}
