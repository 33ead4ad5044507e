export { applyPolicy } from './apply-policy.ts'
export type { PolicyOutcome, RetentionPolicy } from './apply-policy.ts'
export type { Hold } from './retention-files.ts'
export type { RetentionRequest } from './new-act.ts'
export { ownClientName } from './retention-record.ts'
export { openRetentionService } from './retention-service.ts'
export type {
  ExportedEvidence,
  RemovalOutcome,
  RetentionDeps,
  RetentionService,
} from './retention-service.ts'
