export type { AgentMark, CarriedIds, ImportedEvent } from './event/imported-event.ts'
export { importFormatNames } from './readers/import-formats.ts'
export type { ImportFormatName } from './readers/import-formats.ts'
export { eventsMax, readImport, splitImport } from './read-import.ts'
export type { ImportItem, ImportItems, ReadEvent, ReadImport } from './read-import.ts'
export { coverageName, readCoverageAttributes } from './ledger/coverage-attributes.ts'
export { encodeName, readImportAttributes } from './ledger/import-attributes.ts'
export { coverageTracePrefix, importRequest, importTracePrefix } from './ledger/import-request.ts'
export type { ImportBatch, ImportRequest } from './ledger/import-request.ts'
export { clockErrorDefaultSeconds } from './matching/coverage.ts'
export type { Coverage } from './matching/coverage.ts'
export { matchRules, personByName } from './matching/match-rules.ts'
export type { MatchRule, PersonOf } from './matching/match-rules.ts'
export { reconcile } from './matching/match-events.ts'
export type {
  EventReason,
  EventResult,
  MatchedAct,
  MatchedEvent,
  Reconciled,
} from './matching/match-events.ts'
export type { SealedEvent } from './matching/match-events.ts'
export type { RecordedAct } from './matching/recorded-act.ts'
export { reportGhosts } from './ghosts/report-ghosts.ts'
export type { GhostGroup, GhostIncident, GhostReport } from './ghosts/report-ghosts.ts'
