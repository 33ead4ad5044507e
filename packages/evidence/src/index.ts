export { buildPackage } from './build-package.ts'
export type { Evidence, Making } from './evidence.ts'
export { gatherEvidence } from './gather-evidence.ts'
export type { EvidenceRequest, EvidenceSources } from './gather-evidence.ts'
