import { verifyCheckpoint } from './checkpoint.ts'
import type { Checkpoint } from './checkpoint.ts'
import { parseNote } from './note.ts'
import { parseVkey } from './note-key.ts'
import type { NoteVerifier } from './note-key.ts'
import { ProofError } from './proof-error.ts'
import { quoted, strictText } from './strict-text.ts'

/** Keys that a log can have had. */
const epochsMax = 1_000
const textBytesMax = 1_000_000

/** A key of a log, and the sizes of the checkpoints that it signs. */
export interface KeyEpoch {
  readonly vkey: string
  /** From this size on a checkpoint must bear its signature, until the next epoch begins. */
  readonly fromSize: number
  /** Beyond this size its signature is void; null while it may sign. */
  readonly toSize: number | null
}

/** Writes a log's keys as JSON, oldest first: the root of trust that a verifier is given. Holds no secret. */
export function formatKeyEpochs(epochs: readonly KeyEpoch[]): string {
  const lines = epochs.map(({ vkey, fromSize, toSize }) =>
    JSON.stringify({ vkey, from_size: fromSize, to_size: toSize }),
  )
  const text = `${lines.join('\n')}\n`
  parseKeyEpochs(text)
  return text
}

/** Reads a log's keys: one JSON object a line, oldest first, all of one name. Throws `malformed_key`. */
export function parseKeyEpochs(input: string | Uint8Array): KeyEpoch[] {
  const text = strictText(input, 'malformed_key', { bytesMax: textBytesMax })
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > epochsMax)
    throw malformed(`expected 1 to ${epochsMax} lines, got ${lines.length}`)
  const epochs = lines.map(readLine)
  const name = parseVkey(epochs[0]?.vkey ?? '').name
  let from = -1
  for (const { vkey, fromSize } of epochs) {
    if (parseVkey(vkey).name !== name) throw malformed('the keys are of different logs')
    if (fromSize <= from) throw malformed(`from_size: expected more than ${from}, got ${fromSize}`)
    from = fromSize
  }
  if (epochs[0]?.fromSize !== 0) throw malformed('from_size: expected the first to be 0')
  return epochs
}

/**
 * Checks a checkpoint of a log whose keys are these: the key of its size must have signed, and no key may have signed
 * beyond its own sizes.
 *
 * Throws as `verifyCheckpoint`, and `wrong_epoch`. Does NOT demand any witness.
 */
export function verifyEpochCheckpoint(
  note: string | Uint8Array,
  epochs: readonly KeyEpoch[],
): Checkpoint {
  const keys = epochs.map((epoch) => ({ ...epoch, key: parseVkey(epoch.vkey) }))
  const { signatures } = parseNote(note)
  const signed = keys.filter(({ key }) => signatures.some((line) => isOf(line, key)))
  const [first] = signed
  if (first === undefined)
    throw new ProofError('unknown_signer', 'checkpoint: no key of the log signed it')
  const others = signed.slice(1).map(({ key }) => key)
  const { checkpoint } = verifyCheckpoint(note, first.key, others)
  const { size } = checkpoint
  const inForce = keys.findLast(({ fromSize }) => fromSize <= size)
  if (inForce === undefined || !signed.includes(inForce))
    throw new ProofError(
      'wrong_epoch',
      `checkpoint of size ${size}: expected the signature of the key in force there`,
    )
  const late = signed.find(({ toSize }) => toSize !== null && toSize < size)
  if (late !== undefined)
    throw new ProofError(
      'wrong_epoch',
      `checkpoint of size ${size}: signed by a key that ended at size ${late.toSize}`,
    )
  return checkpoint
}

function isOf(line: { readonly name: string; readonly id: number }, key: NoteVerifier): boolean {
  return line.name === key.name && line.id === key.id
}

function readLine(line: string): KeyEpoch {
  const value = parseLine(line)
  if (typeof value !== 'object' || value === null) throw malformed('expected an object a line')
  // Sound: each property is looked at before it is used.
  const { vkey, from_size: fromSize, to_size: toSize, ...rest } = value as Record<string, unknown>
  if (Object.keys(rest).length > 0)
    throw malformed(`expected vkey, from_size and to_size, got ${quoted(line)}`)
  if (typeof vkey !== 'string') throw malformed('vkey: expected text')
  if (parseVkey(vkey).kind !== 'note') throw malformed('vkey: expected a key that signs notes')
  if (!isSize(fromSize)) throw malformed('from_size: expected a whole number')
  if (toSize !== null && !isSize(toSize))
    throw malformed('to_size: expected a whole number or null')
  return { vkey, fromSize, toSize }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw malformed(`expected JSON, got ${quoted(line)}`)
  }
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function malformed(detail: string): ProofError {
  return new ProofError('malformed_key', `key epochs: ${detail}`)
}
