export { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
export type { Checkpoint } from './checkpoint.ts'
export { proveConsistency, verifyConsistency } from './consistency.ts'
export type { ConsistencyClaim } from './consistency.ts'
export { decodeEntryBundle, encodeEntryBundle, entryBytesMax } from './entry-bundle.ts'
export { proveInclusion, verifyInclusion } from './inclusion.ts'
export type { InclusionClaim } from './inclusion.ts'
export { signKeyChange, verifyKeyChange } from './key-change.ts'
export type { KeyChange } from './key-change.ts'
export { formatKeyEpochs, parseKeyEpochs, verifyEpochCheckpoint } from './key-epochs.ts'
export type { KeyEpoch } from './key-epochs.ts'
export { emptyRoot, hashBytes, leafHash, nodeHash, perfectRoot } from './merkle-hash.ts'
export { generateNoteKey, parseSkey, parseVkey } from './note-key.ts'
export type { KeyKind, NoteSigner, NoteVerifier } from './note-key.ts'
export {
  addSignatures,
  formatSignature,
  noteBytesMax,
  noteSignaturesMax,
  parseNote,
  parseSignatures,
  signNote,
  signText,
  verifyNote,
  verifySignatures,
} from './note.ts'
export type { NoteSignature, ParsedNote, VerifiedSignature } from './note.ts'
export { isQuorumMet, parsePolicy, verifyPolicy } from './policy.ts'
export type { Policy, Quorum, TrustedKey } from './policy.ts'
export { ProofError } from './proof-error.ts'
export type { ProofErrorCode } from './proof-error.ts'
export {
  entriesPath,
  isInTree,
  parseTilePath,
  tileCacheControl,
  tilePath,
  tileWidth,
} from './tile.ts'
export type { Tile, TileReader } from './tile.ts'
export { formatTlogProof, parseTlogProof } from './tlog-proof.ts'
export type { TlogProof } from './tlog-proof.ts'
export { appendLeaves, emptyEdge, readEdge, rootOf } from './tree-edge.ts'
export type { StoredTile, TreeEdge } from './tree-edge.ts'
