import { printableLine, WhodidError } from '@whodid/model'
import { readTextIfThere, systemFiles, writeDurably } from '@whodid/tlog-posix'

/** How far a stream has come. */
export interface StreamPosition {
  /** By log: the index to read on from. */
  readonly logs: ReadonlyMap<string, number>
  /** Bytes of the file that the stream writes to which are known to be whole; 0 for another target. */
  readonly bytes: number
}

const nowhere: StreamPosition = { logs: new Map(), bytes: 0 }

/** Reads a position's file; without a path or a file, the beginning. Throws `invalid_config` for a file that holds something else. */
export async function readPosition(path: string | undefined): Promise<StreamPosition> {
  if (path === undefined) return nowhere
  const text = await readTextIfThere(systemFiles, path)
  if (text === undefined) return nowhere
  const parsed = parsePosition(text)
  if (parsed === undefined)
    throw new WhodidError(
      'invalid_config',
      `"--position" expected a file that whodid stream wrote; "${printableLine(path, 200)}" holds something else`,
    )
  return parsed
}

/** Makes the position durable. A crash before leaves the one before: the same records are written again. */
export async function keepPosition(
  path: string | undefined,
  { logs, bytes }: StreamPosition,
): Promise<void> {
  if (path === undefined) return
  const text = `${JSON.stringify({ logs: Object.fromEntries(logs), bytes })}\n`
  await writeDurably(systemFiles, path, text)
}

function parsePosition(text: string): StreamPosition | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const bytes = fieldOf(value, 'bytes')
    const logs = Object.entries(fieldOf(value, 'logs') ?? {})
    const isWhole = isIndex(bytes) && logs.every(([, next]) => isIndex(next))
    return isWhole
      ? { logs: new Map(logs.map(([log, next]) => [log, Number(next)])), bytes }
      : undefined
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
