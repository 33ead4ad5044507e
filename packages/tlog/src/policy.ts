import { parseCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { verifyNote } from './note.ts'
import type { VerifiedSignature } from './note.ts'
import { parseVkey } from './note-key.ts'
import type { KeyKind, NoteVerifier } from './note-key.ts'
import { ProofError } from './proof-error.ts'
import { quoted, strictDecimal, strictText } from './strict-text.ts'

/** Longest policy file, in bytes, and most logs, witnesses and groups each. */
const policyBytesMax = 262_144
const policyEntriesMax = 64

/** A log or a witness that a policy trusts. */
export interface TrustedKey {
  readonly key: NoteVerifier
  readonly url?: string
}

/** The witnesses that are enough: one, or at least `threshold` of several, each of which may again be several. */
export type Quorum =
  | { readonly witness: NoteVerifier }
  | { readonly threshold: number; readonly members: readonly Quorum[] }

/** The keys that a verifier trusts (C2SP tlog-policy). Must come from another source than the data to be verified. */
export interface Policy {
  readonly logs: readonly TrustedKey[]
  readonly witnesses: readonly TrustedKey[]
  /** Undefined for `quorum none`: then the log's signature suffices. */
  readonly quorum: Quorum | undefined
}

interface Draft {
  readonly logs: TrustedKey[]
  readonly witnesses: TrustedKey[]
  readonly names: Map<string, Quorum>
  readonly membersUsed: Set<string>
  quorum: { readonly value: Quorum | undefined } | undefined
}

/** Reads a policy file (C2SP tlog-policy); at most 64 logs, witnesses and groups each. Throws `malformed_policy`, `malformed_key`. */
export function parsePolicy(input: string | Uint8Array): Policy {
  const text = strictText(input, 'malformed_policy', { bytesMax: policyBytesMax, allowed: '\t' })
  if (!text.endsWith('\n') || text.includes('\u007f'))
    throw malformed(0, 'expected lines that end in a newline, without control characters')
  const draft: Draft = {
    logs: [],
    witnesses: [],
    names: new Map(),
    membersUsed: new Set(),
    quorum: undefined,
  }
  for (const [place, line] of text.slice(0, -1).split('\n').entries()) {
    const words = line.split(/[ \t]+/u).filter((word) => word !== '')
    if (words[0]?.startsWith('#') !== true && words.length > 0) readLine(draft, words, place + 1)
  }
  if (draft.quorum === undefined) throw malformed(0, 'expected a quorum line')
  return { logs: draft.logs, witnesses: draft.witnesses, quorum: draft.quorum.value }
}

/**
 * Checks a checkpoint against a policy: signed by a log it names, under that log's own origin, and cosigned by its quorum.
 * Gives the checkpoint and the cosignatures of its witnesses.
 *
 * Throws as `verifyCheckpoint`, and `quorum_not_met`. Does NOT check the age of a cosignature.
 */
export function verifyPolicy(
  note: string | Uint8Array,
  policy: Policy,
): { checkpoint: Checkpoint; cosignatures: readonly VerifiedSignature[] } {
  const logs = policy.logs.map(({ key }) => key)
  const witnesses = policy.witnesses.map(({ key }) => key)
  const { text, signatures } = verifyNote(note, [...logs, ...witnesses])
  const checkpoint = parseCheckpoint(text)
  const bySelf = signatures.filter(({ key }) => logs.includes(key))
  if (bySelf.length === 0)
    throw new ProofError('unknown_signer', 'checkpoint: no log of the policy signed it')
  if (!bySelf.some(({ key }) => key.name === checkpoint.origin))
    throw new ProofError(
      'origin_mismatch',
      `checkpoint: ${quoted(checkpoint.origin)} is not the origin of the log that signed it`,
    )
  const cosignatures = signatures.filter(({ key }) => witnesses.includes(key))
  const cosigners = new Set(cosignatures.map(({ key }) => key))
  if (!isQuorumMet(policy, cosigners))
    throw new ProofError(
      'quorum_not_met',
      `checkpoint: cosigned by ${cosigners.size} of ${witnesses.length} witnesses, fewer than the policy demands`,
    )
  return { checkpoint, cosignatures }
}

/** Returns true when these of a policy's witnesses are enough for it; always for `quorum none`. */
export function isQuorumMet({ quorum }: Policy, cosigners: ReadonlySet<NoteVerifier>): boolean {
  return quorum === undefined || isMet(quorum, cosigners)
}

function isMet(quorum: Quorum, cosigners: ReadonlySet<NoteVerifier>): boolean {
  if ('witness' in quorum) return cosigners.has(quorum.witness)
  return quorum.members.filter((member) => isMet(member, cosigners)).length >= quorum.threshold
}

function readLine(draft: Draft, [keyword = '', ...words]: readonly string[], line: number): void {
  switch (keyword) {
    case 'log':
      draft.logs.push(readKey(draft, words, { kind: 'note', line }))
      return
    case 'witness': {
      const [name = '', ...rest] = words
      const witness = readKey(draft, rest, { kind: 'cosignature', line })
      define(draft, { name, quorum: { witness: witness.key }, line })
      draft.witnesses.push(witness)
      return
    }
    case 'group':
      readGroup(draft, words, line)
      return
    case 'quorum': {
      const [name = '', ...rest] = words
      if (rest.length > 0 || draft.quorum !== undefined)
        throw malformed(line, 'expected one quorum')
      draft.quorum = { value: name === 'none' ? undefined : named(draft, name, line) }
      return
    }
    default:
      throw malformed(line, `expected log, witness, group or quorum, got ${quoted(keyword)}`)
  }
}

function readKey(
  draft: Draft,
  [vkey = '', url, ...rest]: readonly string[],
  { kind, line }: { kind: KeyKind; line: number },
): TrustedKey {
  if (rest.length > 0)
    throw malformed(line, `expected a key and a URL, got ${quoted(rest.join(' '))}`)
  const key = parseVkey(vkey)
  if (key.kind !== kind) throw malformed(line, `expected a key of kind ${kind}, got ${key.kind}`)
  const list = kind === 'note' ? draft.logs : draft.witnesses
  if (list.length >= policyEntriesMax) throw malformed(line, `more than ${policyEntriesMax} keys`)
  if (list.some((other) => other.key.publicKey.equals(key.publicKey)))
    throw malformed(line, 'the public key stands twice')
  return url === undefined ? { key } : { key, url }
}

function readGroup(draft: Draft, words: readonly string[], line: number): void {
  const [name = '', count = '', ...names] = words
  if (names.length === 0) throw malformed(line, 'expected group, name, threshold and members')
  const members = names.map((member) => {
    const quorum = named(draft, member, line)
    if (draft.membersUsed.has(member))
      throw malformed(line, `${quoted(member)} is a member already`)
    draft.membersUsed.add(member)
    return quorum
  })
  const threshold = { all: members.length, any: 1 }[count] ?? strictDecimal(count)
  if (threshold === undefined || threshold < 1 || threshold > members.length)
    throw malformed(line, `expected all, any or 1 to ${members.length}, got ${quoted(count)}`)
  define(draft, { name, quorum: { threshold, members }, line })
}

function define(
  draft: Draft,
  { name, quorum, line }: { name: string; quorum: Quorum; line: number },
): void {
  if (name === '' || name === 'none' || draft.names.has(name))
    throw malformed(line, `expected a new name, got ${quoted(name)}`)
  if (draft.names.size >= 2 * policyEntriesMax) throw malformed(line, 'too many names')
  draft.names.set(name, quorum)
}

function named(draft: Draft, name: string, line: number): Quorum {
  const quorum = draft.names.get(name)
  if (quorum === undefined)
    throw malformed(line, `expected a witness or a group of an earlier line, got ${quoted(name)}`)
  return quorum
}

function malformed(line: number, detail: string): ProofError {
  return new ProofError('malformed_policy', `policy${line === 0 ? '' : ` line ${line}`}: ${detail}`)
}
