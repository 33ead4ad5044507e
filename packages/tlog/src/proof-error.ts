/**
 * The reason for which a proof, a note or a key was refused. A code is stable: tests, findings and `docs/FORMAT.md` name it.
 *
 * `malformed_*`: the text or bytes break their format. `invalid_range`: an index or a size lies outside the tree.
 * `tile_missing`: the tile store does not hold a tile that the tree's size demands. `wrong_root`: a proof does not lead to the root.
 * `unknown_signer`: no key that is trusted signed. `invalid_signature`: a trusted key's signature does not verify.
 * `origin_mismatch`: the signer is trusted, but for another log. `wrong_epoch`: a key of the log signed outside its sizes. `quorum_not_met`: too few witnesses cosigned.
 */
export type ProofErrorCode =
  | 'malformed_tile'
  | 'malformed_key'
  | 'malformed_note'
  | 'malformed_checkpoint'
  | 'malformed_proof'
  | 'malformed_policy'
  | 'invalid_range'
  | 'tile_missing'
  | 'wrong_root'
  | 'unknown_signer'
  | 'invalid_signature'
  | 'origin_mismatch'
  | 'wrong_epoch'
  | 'quorum_not_met'

/** A proof, note or key that must not be relied on. The message quotes the field, the expected value and the actual one. */
export class ProofError extends Error {
  override readonly name = 'ProofError'
  readonly code: ProofErrorCode

  constructor(code: ProofErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
