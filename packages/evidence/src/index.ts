export { buildPackage } from './build-package.ts'
export { packageRecordsMax } from './evidence.ts'
export type {
  AbsentContent,
  CheckpointEvidence,
  ContentEvidence,
  CustodyEvent,
  Evidence,
  LogEvidence,
  Making,
  RecordEvidence,
} from './evidence.ts'
export { gatherEvidence } from './gather-evidence.ts'
export type { EvidenceRequest, EvidenceSources } from './gather-evidence.ts'
export { recordRow } from './record-row.ts'
export type { RecordRow } from './record-row.ts'
export { packageBytesMax } from './write-zip.ts'
