import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { ProofError } from './proof-error.ts'
import { quoted, strictBase64 } from './strict-text.ts'

/** The thing that a key signs: `note` the text as it is (type 0x01), `cosignature` a checkpoint with the time it was seen (type 0x04). */
export type KeyKind = 'note' | 'cosignature'

/** A public key that notes are checked with, read from a vkey. */
export interface NoteVerifier {
  /** The key's name; a log's is its origin. */
  readonly name: string
  /** First four bytes of SHA-256 over name, newline, type and public key. An identifier, not a fingerprint. */
  readonly id: number
  readonly kind: KeyKind
  readonly publicKey: KeyObject
  readonly vkey: string
}

/** A private key that signs notes, with its public half. Never print one. */
export interface NoteSigner {
  readonly verifier: NoteVerifier
  readonly privateKey: KeyObject
}

const typeOf = { note: 1, cosignature: 4 } as const
const skeyPrefix = 'PRIVATE+KEY+'
const keyTextMax = 1024
// PKCS #8 for Ed25519 is this prefix and the 32-byte seed (RFC 8410 §7).
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Makes an Ed25519 key. `skey` is the private form (`PRIVATE+KEY+<name>+<id>+<base64>`, as Go's note package has it): store it readable by
 * the signer alone. `vkey` is the public form to give away (C2SP signed-note).
 *
 * `seed`, 32 bytes, is for tests and recovery; the default is random. Throws `malformed_key` for a name with white space or a plus.
 */
export function generateNoteKey(
  name: string,
  kind: KeyKind,
  seed: Uint8Array = randomBytes(32),
): { skey: string; vkey: string } {
  const type = typeOf[kind]
  const { verifier } = signerOf(name, kind, seed)
  const material = Buffer.concat([Buffer.from([type]), seed]).toString('base64')
  return { skey: `${skeyPrefix}${name}+${idHex(verifier.id)}+${material}`, vkey: verifier.vkey }
}

/** Reads a verifier key, `<name>+<id>+<base64>` (C2SP signed-note), of type 0x01 or 0x04. Throws `malformed_key`. */
export function parseVkey(vkey: string): NoteVerifier {
  const { name, idText, kind, material } = splitKey(vkey, 'vkey')
  const verifier = verifierOf(name, kind, material)
  if (idHex(verifier.id) !== idText)
    throw malformed('vkey', `the ID of the key is ${idHex(verifier.id)}, got ${quoted(idText)}`)
  return verifier
}

/** Reads a signer key as `generateNoteKey` writes it. Throws `malformed_key`, whose message never quotes the key. */
export function parseSkey(skey: string): NoteSigner {
  if (!skey.startsWith(skeyPrefix)) throw malformed('skey', `expected it to begin ${skeyPrefix}`)
  const { name, idText, kind, material } = splitKey(skey.slice(skeyPrefix.length), 'skey')
  const signer = signerOf(name, kind, material)
  if (idHex(signer.verifier.id) !== idText) throw malformed('skey', 'the ID is not that of the key')
  return signer
}

/** Returns true when a text may name a key: not empty, no white space, no plus, no control character (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  // U+0085 is white space to Unicode and not to \s.
  // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
  return name !== '' && name.isWellFormed() && !/[\s\u0000-\u001f\u0085+]/u.test(name)
}

function splitKey(
  text: string,
  form: string,
): { name: string; idText: string; kind: KeyKind; material: Buffer } {
  // The base64 may hold a plus itself; the name and the ID cannot.
  const [, name = '', idText = '', base64 = ''] =
    text.length <= keyTextMax ? (/^([^+]*)\+([^+]*)\+(.*)$/su.exec(text) ?? []) : []
  if (!isKeyName(name)) throw malformed(form, 'expected <name>+<id>+<base64>')
  const bytes = strictBase64(base64)
  if (bytes?.length !== 33) throw malformed(form, 'expected base64 of a type byte and 32 bytes')
  const kind = kindOf(bytes[0])
  if (kind === undefined)
    throw malformed(form, `expected type 1 or 4 (Ed25519), got ${String(bytes[0])}`)
  return { name, idText, kind, material: bytes.subarray(1) }
}

function kindOf(type: number | undefined): KeyKind | undefined {
  if (type === typeOf.note) return 'note'
  return type === typeOf.cosignature ? 'cosignature' : undefined
}

function signerOf(name: string, kind: KeyKind, seed: Uint8Array): NoteSigner {
  if (seed.length !== 32) throw malformed('skey', `expected a seed of 32 bytes, got ${seed.length}`)
  const der = Buffer.concat([pkcs8Prefix, seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { verifier: verifierOf(name, kind, Buffer.from(x, 'base64url')), privateKey }
}

function verifierOf(name: string, kind: KeyKind, material: Buffer): NoteVerifier {
  if (!isKeyName(name))
    throw malformed('key name', `expected no white space or plus, got ${quoted(name)}`)
  const typed = Buffer.concat([Buffer.from([typeOf[kind]]), material])
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest().readUInt32BE(0)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: material.toString('base64url') }
  const vkey = `${name}+${idHex(id)}+${typed.toString('base64')}`
  return { name, id, kind, publicKey: createPublicKey({ key: jwk, format: 'jwk' }), vkey }
}

function idHex(id: number): string {
  return id.toString(16).padStart(8, '0')
}

function malformed(form: string, detail: string): ProofError {
  return new ProofError('malformed_key', `${form}: ${detail}`)
}
