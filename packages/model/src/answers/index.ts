export { accessLogAnswerSchema } from './access-log.ts'
export { actionsAnswerSchema, delegatorAnswerSchema } from './actions.ts'
export { delegatedAgentSchema, listedActionSchema } from './actions.ts'
export { authorityAnswerSchema, registrationSchema, registryAnswerSchema } from './authority.ts'
export { caseAnswerSchema, caseEntryKinds, caseEntrySchema, casesAnswerSchema } from './cases.ts'
export { completenessAnswerSchema } from './completeness.ts'
export { findAnswerSchema } from './find.ts'
export {
  detectionsAnswerSchema,
  findingAnswerSchema,
  findingsAnswerSchema,
  findingSeverities,
  findingStates,
  responseKinds,
  responseOutcomes,
  triageActions,
} from './findings.ts'
export { problemSchema, questionCostSchema } from './cost-and-cursor.ts'
export { ghostsAnswerSchema } from './ghosts.ts'
export { importAnswerSchema } from './imports.ts'
export { blastRadiusAnswerSchema, instanceAnswerSchema } from './instances.ts'
export { templatesAnswerSchema } from './instances.ts'
export { integrityAnswerSchema, lossAcceptedSchema } from './integrity.ts'
export { peopleAddedSchema, peopleAnswerSchema } from './people.ts'
export { actionProofSchema, checkpointsAnswerSchema, trustSchema } from './proofs.ts'
export { legalHoldSchema, legalHoldsSchema, retentionOutcomeSchema } from './retention.ts'
export {
  revocationActionSchema,
  revocationSchema,
  revocationsSchema,
  revocationTargetSchema,
} from './revocations.ts'
export { manyAnswerSchema, whoDidAnswerSchema } from './who-did.ts'
