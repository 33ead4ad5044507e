export { ContentKeys } from './content-keys.ts'
export type { ContentKey, KeyState } from './content-keys.ts'
export {
  commitContents,
  commitEntries,
  contentSubject,
  encryptContents,
  sealTexts,
} from './encrypt-contents.ts'
export type { SubjectClaims } from './encrypt-contents.ts'
export { createContentReader } from './open-contents.ts'
export type { ContentReader, OpenedContent, WantedContent } from './open-contents.ts'
