export { CheckpointLog } from './checkpoint-log/checkpoint-log.ts'
export type { CheckpointLogOptions } from './checkpoint-log/checkpoint-log.ts'
export { parseCheckpointLogEntry } from './checkpoint-log/entry.ts'
export type { CheckpointLogEntry, CheckpointLogRecord } from './checkpoint-log/entry.ts'
export { leaveRequest } from './checkpoint-log/registry-requests.ts'
export type { RegistryRequest } from './checkpoint-log/registry-requests.ts'
export { CheckpointLogRegistry } from './checkpoint-log/registry.ts'
export type { RegisteredLog, TakenCheckpoint } from './checkpoint-log/registry.ts'
export { createDirectorySource, createUrlSource } from './checkpoint-log/source.ts'
export type { CheckpointLogSource } from './checkpoint-log/source.ts'
export { startCheckpointLog } from './checkpoint-log/start-checkpoint-log.ts'
export type {
  CheckpointLogEvent,
  CheckpointLogServiceOptions,
  RunningCheckpointLog,
} from './checkpoint-log/start-checkpoint-log.ts'
export { Cosigner } from './client/cosigner.ts'
export type { CosignerOptions, WitnessLevel } from './client/cosigner.ts'
export { fetchServed, fetchWitnessed } from './client/fetch-witnessed.ts'
export type { FetchOptions, ServedCheckpoints, Witnessed } from './client/fetch-witnessed.ts'
export { parseWitnesses } from './client/parse-witnesses.ts'
export { submitCheckpoint, submitKeyChange } from './client/submit-checkpoint.ts'
export type {
  KeyChangeSubmission,
  Submission,
  SubmitOptions,
  WitnessEndpoint,
} from './client/submit-checkpoint.ts'
export { formatAddCheckpoint, parseAddCheckpoint } from './protocol/add-checkpoint.ts'
export type { AddCheckpointRequest } from './protocol/add-checkpoint.ts'
export { createWitness, originHashOf } from './protocol/witness.ts'
export type { Witness, WitnessEvent, WitnessState } from './protocol/witness.ts'
export { plainReply, readRequest, serveReplies } from './service/serve-replies.ts'
export type { Reply, ReplyServer } from './service/serve-replies.ts'
export { answerWitness, startWitness } from './service/start-witness.ts'
export type { RunningWitness, WitnessFailure, WitnessOptions } from './service/start-witness.ts'
export { fileState, lockState } from './service/witness-state.ts'
