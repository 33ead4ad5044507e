export {
  actorTypes,
  approvalDecisions,
  attribute,
  baggageKeys,
  delegatorTypes,
  inputTrusts,
  outcomes,
  promptOrigins,
  recordKinds,
} from './attributes.ts'
export type {
  ActorType,
  ApprovalDecision,
  AttributeKey,
  DelegatorType,
  InputTrust,
  Outcome,
  PromptOrigin,
  RecordKind,
} from './attributes.ts'
export { assurances, gapCodes, grades, verdicts } from './answers/verdict-words.ts'
export type { Assurance, GapCode, Grade, Verdict } from './answers/verdict-words.ts'
export type { Problem, QuestionCost } from './answers/cost-and-cursor.ts'
export type { ActionsAnswer, ActsOfDelegator } from './answers/actions.ts'
export type { DelegatedAgent, DelegatorAnswer, ListedAction } from './answers/actions.ts'
export type { BlastRadiusAnswer, Touch, TouchedResource } from './answers/instances.ts'
export type { InstanceAbout, InstanceAnswer, TimelineEntry } from './answers/instances.ts'
export type { TemplateEntry, TemplatesAnswer } from './answers/instances.ts'
export type { Integrity, IntegrityCheck } from './answers/integrity.ts'
export type { ActionProof, CheckpointsAnswer, MetaLogProof, Trust } from './answers/proofs.ts'
export type { RecordedRead } from './answers/access-log.ts'
export type { Alternative, ChainHop, DelegationHop, Gap } from './answers/who-did.ts'
export type { Input, Reason, WhoDidAnswer } from './answers/who-did.ts'
export { blankRecord } from './blank-record.ts'
export { ByteReader } from './byte-reader.ts'
export { ByteWriter } from './byte-writer.ts'
export { canonicalJson } from './canonical-json.ts'
export { bodyDigest, canonicalRecord, formMark, leafInput } from './canonical-record.ts'
export { leafInputOfRow, logEntry } from './canonical-record.ts'
export { type ErrorCode, errorCodes, WhodidError } from './errors.ts'
export { hintRules } from './attributes.ts'
export { formatHandle, type Handle, handleKinds, handleLengthMax, parseHandle } from './handle.ts'
export type { HandleKind } from './handle.ts'
export { isPartOfUuid, isSpanIdHex, isTraceIdHex, parseSpanRef, spanRef } from './ids.ts'
export { type HostCheck, isHostAllowed } from './host-check.ts'
export type { SpanIdHex, SpanRef, TraceIdHex } from './ids.ts'
export type { MetricFamily, MetricSample } from './metric-family.ts'
export { nameKey } from './name-key.ts'
export { nearestName } from './nearest-name.ts'
export { printable, printableLine } from './printable.ts'
export type { Channel, LedgerRecord, PendingText, TextBlock } from './record.ts'
export { hasPart, textPartBits, textParts } from './text-parts.ts'
export type { TextPart } from './text-parts.ts'
export { entryOfForm, leafOfRow, readColumns, recordRow, type RecordRow } from './read-row.ts'
export { type RowPlaces, writeRow } from './record-row.ts'
export { bodyFields, headFields, type RecordField, recordFields } from './record-fields.ts'
export { readRest, type RestColumns, type RestField, restFields, restOf } from './record-rest.ts'
export { redactSecrets, redactSecretsInName } from './redact.ts'
export { scanText, textBits } from './text-scan.ts'
export { tokenKind } from './ids.ts'
export { trimEnd } from './printable.ts'
export { normalizeResource, resourceLengthMax, type Resource } from './resource.ts'
export { formatInstant, parseInstant } from './parse-instant.ts'
