import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SealedLog } from '@whodid/query'
import { leafRowBytes } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  hashBytes,
  parseSkey,
  rootOf,
  signNote,
} from '@whodid/tlog'
import type { TreeEdge } from '@whodid/tlog'

/** A log of many rows, with tiles of the leaves that the engine gives them. */
export interface FilledLog {
  readonly rows: number
  readonly log: SealedLog
  /** The signed checkpoint. */
  readonly note: string
  /** The key that signed it. */
  readonly vkey: string
}

const leavesPerStep = 65_536

/** Reads the leaves of a log from the engine, writes the tiles over them under `dir` and signs their root. */
export async function sealRows(
  reader: LeafReader,
  { origin, rows, dir }: { origin: string; rows: number; dir: string },
): Promise<FilledLog> {
  const leaves = Buffer.alloc(rows * hashBytes)
  let read = 0
  await reader.read({ logId: origin, from: 0, to: rows }, (bytes) => {
    for (let at = 0; at < bytes.length; at += leafRowBytes) {
      const index = Number(bytes.readBigUInt64LE(at))
      bytes.copy(leaves, index * hashBytes, at + 8, at + leafRowBytes)
      read += 1
    }
  })
  if (read !== rows) throw new Error(`the log has ${read} rows of ${rows}`)
  let edge: TreeEdge = emptyEdge
  for (let first = 0; first < rows; first += leavesPerStep) {
    const count = Math.min(leavesPerStep, rows - first)
    const grown = appendLeaves(
      edge,
      Array.from({ length: count }, (_, n) =>
        leaves.subarray((first + n) * hashBytes, (first + n + 1) * hashBytes),
      ),
    )
    edge = grown.edge
    for (const { path, bytes } of grown.tiles) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), bytes)
    }
  }
  const tiles = {
    read: (path: string): Promise<Buffer | undefined> =>
      readFile(join(dir, path)).catch(() => undefined),
  }
  const key = generateNoteKey(origin, 'note', createHash('sha256').update(origin).digest())
  const checkpoint = { origin, size: rows, root: rootOf(edge) }
  const note = signNote(formatCheckpoint(checkpoint), [parseSkey(key.skey)])
  return { rows, note, vkey: key.vkey, log: { origin, tiles, checkpoint } }
}
