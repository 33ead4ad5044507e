export { createAppender } from './append.ts'
export type { AppendBatch, Appender } from './append.ts'
export type { StoreAccess } from './client.ts'
export { clusterStatements } from './cluster-statements.ts'
export type { ShardEngine } from './cluster-statements.ts'
export { differencesMax, tracesMax } from './derived-reader.ts'
export type {
  DerivedBucket,
  DerivedComparison,
  DerivedDifference,
  DerivedReader,
  ReceiptMonth,
} from './derived-reader.ts'
export { derivedTables, readDerivedViews } from './derived-views.ts'
export type { DerivedTable } from './derived-views.ts'
export { encodeContents, encodeRecords } from './encode-records.ts'
export type { TextBlockOwner } from './encode-records.ts'
export { createCaseWriter } from './case-writer.ts'
export type { CaseEntryRow, CaseWriter } from './case-writer.ts'
export { createContentEraser } from './erase-contents.ts'
export type { ContentEraser } from './erase-contents.ts'
export { createFindingWriter } from './finding-writer.ts'
export type {
  DetectionRunRow,
  FindingRow,
  FindingWriter,
  ResponseRow,
  TriageRow,
} from './finding-writer.ts'
export { canonicalExpression, leafExpression } from './leaf-expression.ts'
export { createLeafReader, leafRowBytes, placesMax } from './leaf-reader.ts'
export type { LeafReader, LeafReaderOptions, LogExtent, PruneRow } from './leaf-reader.ts'
export { migrate, migrationsFolder, readMigrations, readViewStatement } from './migrate.ts'
export type { Migration, MigrationOutcome } from './migrate.ts'
export { createRecordPruner } from './prune-records.ts'
export type { RecordPruner } from './prune-records.ts'
export { createPeopleRecorder } from './record-people.ts'
export type { PeopleRecorder, PersonNameRow } from './record-people.ts'
export { openAccessLog } from './reads/access-log.ts'
export type { AccessLogOptions } from './reads/access-log.ts'
export type { LedgerRead, ReadRecorder } from './reads/read-recorder.ts'
export type { PointCost, PointRows } from './points/gather-keys.ts'
export { addCosts } from './points/gather-keys.ts'
export type { PointReader } from './points/point-reader.ts'
export type {
  ActsWanted,
  NamedAct,
  NamedClaim,
  NamedPlace,
  PlacesWanted,
  RecordName,
  StoredTextBlock,
  StoredRow,
  TracePlace,
  UnnamedWanted,
} from './points/point-rows.ts'
export { createSelector } from './select.ts'
export type { Selection, Selector, Statement } from './select.ts'
export { textBlocksMax, textPlacesMax } from './text-rows.ts'
export type { LogRange, PlacedRow, RemovalRow, TextReader, TextRow } from './text-rows.ts'
