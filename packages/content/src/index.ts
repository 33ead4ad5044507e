export { commitContent } from './commit-content.ts'
export { ContentKeys } from './content-keys.ts'
export type { ContentKey, KeyState } from './content-keys.ts'
export { contentSubject } from './content-subject.ts'
export { sealContents } from './seal-contents.ts'
export { createContentReader } from './open-contents.ts'
export type { ContentReader, OpenedContent, WantedContent } from './open-contents.ts'
export type { ContentPart } from './content-part.ts'
export { openCustodian } from './custody/custodian.ts'
export type {
  Custodian,
  CustodyOutcome,
  CustodyPorts,
  CustodyRequest,
  ExportedEvidence,
} from './custody/custodian.ts'
export type { Hold } from './custody/custody-files.ts'
export { custodyExporter } from './custody/custody-record.ts'
export { retain } from './custody/retain.ts'
export type { Retention, RetentionOutcome } from './custody/retain.ts'
