import { parseNote, parseVkey, ProofError } from '@whodid/tlog'

/**
 * The content of an entry of a checkpoint log.
 *
 * A checkpoint is the collector's note with the checkpoint log's own cosignature and its time. Every other entry
 * is a record, text in lines: `whodid-meta-log/v1 <kind>`, `time <seconds since 1970>`, and one line that depends on the kind. A key's
 * name has no space, so the first line of a record cannot be a log's origin.
 */
export type CheckpointLogEntry =
  | { readonly kind: 'checkpoint'; readonly origin: string; readonly note: string }
  | CheckpointLogRecord

/** A record that the checkpoint log itself writes. */
export type CheckpointLogRecord =
  /** The first entry: `vkey` is the key whose cosignatures acknowledge checkpoints. */
  | { readonly kind: 'begin'; readonly timeS: number; readonly vkey: string }
  /** The log of this key must exist from this entry on. */
  | { readonly kind: 'collector-add'; readonly timeS: number; readonly vkey: string }
  /** This key also signs for the log of its name from this entry on. */
  | { readonly kind: 'key-epoch'; readonly timeS: number; readonly vkey: string }
  /** The log gets no more checkpoints from this entry on; its earlier ones stay. */
  | { readonly kind: 'collector-retire'; readonly timeS: number; readonly origin: string }
  /** The checkpoint log is running and has had no other entry. */
  | { readonly kind: 'heartbeat'; readonly timeS: number }

const header = 'whodid-meta-log/v1'

/** Writes a record as an entry. */
export function formatCheckpointLogRecord(record: CheckpointLogRecord): Buffer {
  const own =
    record.kind === 'heartbeat'
      ? ''
      : record.kind === 'collector-retire'
        ? `log ${record.origin}\n`
        : `key ${record.vkey}\n`
  return Buffer.from(`${header} ${record.kind}\ntime ${record.timeS}\n${own}`)
}

/** Reads an entry; returns undefined when it is none. Does NOT check a signature. */
export function parseCheckpointLogEntry(bytes: Uint8Array): CheckpointLogEntry | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const record = text.startsWith(`${header} `) ? parseRecord(text) : undefined
  if (record !== undefined) return isSame(record, bytes) ? record : undefined
  try {
    const { text: body } = parseNote(bytes)
    return { kind: 'checkpoint', origin: body.slice(0, body.indexOf('\n')), note: text }
  } catch (error) {
    if (error instanceof ProofError) return undefined
    throw error
  }
}

function isSame(record: CheckpointLogRecord, bytes: Uint8Array): boolean {
  return formatCheckpointLogRecord(record).equals(bytes)
}

function parseRecord(text: string): CheckpointLogRecord | undefined {
  const found =
    /^\S+ ([a-z-]+)\ntime (\d{1,12})\n(?:(key|log) ([^\n]+)\n)?$/u.exec(text) ?? undefined
  const [, kind, time, what, value = ''] = found ?? []
  const timeS = Number(time)
  if (kind === 'heartbeat') return what === undefined ? { kind, timeS } : undefined
  if (kind === 'collector-retire')
    return what === 'log' ? { kind, timeS, origin: value } : undefined
  if (kind !== 'begin' && kind !== 'collector-add' && kind !== 'key-epoch') return undefined
  return what === 'key' && isVkey(value) ? { kind, timeS, vkey: value } : undefined
}

function isVkey(text: string): boolean {
  try {
    return parseVkey(text).vkey === text
  } catch {
    return false
  }
}
