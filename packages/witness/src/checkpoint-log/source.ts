import { join } from 'node:path'
import { trimEnd } from '@whodid/model'
import {
  encodeEntryBundle,
  entriesPath,
  hashBytes,
  parseTilePath,
  tilePath,
  tileWidth,
} from '@whodid/tlog'
import type { TileReader } from '@whodid/tlog'
import { readIfThere, systemFiles } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'

/** Longest answer that is read, in bytes: an entry bundle of 256 entries of the greatest length. */
const responseBytesMax = 256 * (65_535 + 2)
const timeoutMsDefault = 15_000

/**
 * The source of a checkpoint log: reads `checkpoint`, `cosigned`, and tiles and entry bundles by their C2SP paths. Returns undefined for
 * a missing file; throws when it cannot know. Does NOT check what it returns.
 */
export type CheckpointLogSource = TileReader

/** Reads a checkpoint log's own directory, also while it grows. */
export function createDirectorySource(
  dir: string,
  files: FilePort = systemFiles,
): CheckpointLogSource {
  return {
    read: async (path) => {
      const tile = parseTilePath(path)
      if (tile === undefined)
        return path === 'checkpoint' || path === 'cosigned'
          ? readIfThere(files, join(dir, path))
          : undefined
      const { level, index, width } = tile
      const whole = level === 'entries' ? entriesPath({ index }) : tilePath({ level, index })
      const bytes = await readIfThere(files, join(dir, whole))
      if (bytes === undefined) return undefined
      if (level !== 'entries')
        return bytes.length < width * hashBytes ? undefined : bytes.subarray(0, width * hashBytes)
      const entries = wholeEntries(bytes).slice(0, width)
      return entries.length < width ? undefined : encodeEntryBundle(entries)
    },
  }
}

/** Reads a checkpoint log over HTTP. Throws when the answer is neither 200 nor 404, is too long, or takes longer than 15 seconds. */
export function createUrlSource(url: string, signal?: AbortSignal): CheckpointLogSource {
  const prefix = trimEnd(url, '/')
  return {
    read: async (path) => {
      const timeout = AbortSignal.timeout(timeoutMsDefault)
      const response = await fetch(`${prefix}/${path}`, {
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      })
      const bytes = await readBytes(response.body)
      if (response.status === 404) return undefined
      if (response.status !== 200) throw new Error(`${prefix}/${path} answered ${response.status}`)
      return bytes
    },
  }
}

async function readBytes(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > responseBytesMax)
      throw new Error(`the answer is longer than ${responseBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Returns the complete entries at the beginning of a growing bundle, at most 256; a torn end is left out. */
export function wholeEntries(bytes: Uint8Array): Buffer[] {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Buffer[] = []
  let start = 0
  while (entries.length < tileWidth && start + 2 <= bundle.length) {
    const end = start + 2 + bundle.readUInt16BE(start)
    // No entry is empty: a length of 0 means that the file grew before its content was written.
    if (end === start + 2 || end > bundle.length) break
    entries.push(bundle.subarray(start + 2, end))
    start = end
  }
  return entries
}
