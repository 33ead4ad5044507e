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
export { gapCodes, grades, problemSchema, verdicts, whoDidAnswerSchema } from './answer.ts'
export type {
  Alternative,
  ChainHop,
  DelegationHop,
  Gap,
  GapCode,
  Grade,
  Input,
  Problem,
  Reason,
  Verdict,
  WhoDidAnswer,
} from './answer.ts'
export { blankRecord } from './blank-record.ts'
export { ByteWriter } from './byte-writer.ts'
export { canonicalJson } from './canonical-json.ts'
export { canonicalRecord, entryBytesMax, leafInput, leafInputOfRow } from './canonical-record.ts'
export { type ErrorCode, errorCodes, WhodidError } from './errors.ts'
export { hintRules } from './hint-rules.ts'
export { formatHandle, type Handle, handleKinds, handleLengthMax, parseHandle } from './handle.ts'
export type { HandleKind } from './handle.ts'
export { isPartOfUuid, isSpanIdHex, isTraceIdHex, parseSpanRef, spanRef } from './ids.ts'
export { type HostCheck, isHostAllowed } from './host-check.ts'
export type { SpanIdHex, SpanRef, TraceIdHex } from './ids.ts'
export { assurances, integrityCheckSchema } from './integrity.ts'
export type { Assurance, Integrity, IntegrityCheck } from './integrity.ts'
export type { MetricFamily, MetricSample } from './metric-family.ts'
export { nearestName } from './nearest-name.ts'
export { printable, printableLine } from './printable.ts'
export type { Channel, Envelope, LedgerRecord } from './record.ts'
export { type RowPlaces, textPlacesBytes, writeRow } from './record-row.ts'
export { type RecordField, recordFields } from './record-fields.ts'
export { redactSecrets, redactSecretsInName } from './redact.ts'
export { tokenKind } from './token-kind.ts'
export { trimEnd } from './trim-end.ts'
export { normalizeResource, resourceLengthMax, type Resource } from './resource.ts'
export { formatInstant, parseInstant } from './parse-instant.ts'
