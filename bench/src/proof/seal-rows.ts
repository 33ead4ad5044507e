import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SealedLog } from '@whodid/verify'
import { leafRowBytes } from '@whodid/store'
import { createTileReader } from '@whodid/tlog-posix'
import type { LeafReader, LogRange } from '@whodid/store'
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

/** Leaves read, and held in memory, at a time. */
const leavesPerStep = 4_194_304

/** Reads the leaves of a log from the engine, writes the tiles over them under `dir` and signs their root. */
export async function sealRows(
  reader: LeafReader,
  { origin, rows, dir }: { origin: string; rows: number; dir: string },
): Promise<FilledLog> {
  let edge: TreeEdge = emptyEdge
  for (let from = 0; from < rows; from += leavesPerStep) {
    const to = Math.min(from + leavesPerStep, rows)
    const leaves = await readLeaves(reader, { logId: origin, from, to })
    for (let at = 0; at < leaves.length; at += leavesPerAppend * hashBytes)
      edge = await append(edge, leaves.subarray(at, at + leavesPerAppend * hashBytes), dir)
  }
  const tiles = createTileReader(dir)
  const key = generateNoteKey(origin, 'note', createHash('sha256').update(origin).digest())
  const checkpoint = { origin, size: rows, root: rootOf(edge) }
  const note = signNote(formatCheckpoint(checkpoint), [parseSkey(key.skey)])
  return { rows, note, vkey: key.vkey, log: { origin, tiles, checkpoint } }
}

async function readLeaves(reader: LeafReader, range: LogRange): Promise<Buffer> {
  const leaves = Buffer.alloc((range.to - range.from) * hashBytes)
  let read = 0
  await reader.read(range, (bytes) => {
    for (let at = 0; at < bytes.length; at += leafRowBytes) {
      const place = Number(bytes.readBigUInt64LE(at)) - range.from
      bytes.copy(leaves, place * hashBytes, at + 8, at + leafRowBytes)
      read += 1
    }
  })
  if (read * hashBytes !== leaves.length)
    throw new Error(`the log has ${read} rows from ${range.from} to ${range.to}`)
  return leaves
}

const leavesPerAppend = 65_536

/** Writes the tiles that the leaves fill, and gives the edge of the tree after them. */
async function append(edge: TreeEdge, leaves: Buffer, dir: string): Promise<TreeEdge> {
  const grown = appendLeaves(
    edge,
    Array.from({ length: leaves.length / hashBytes }, (_, n) =>
      leaves.subarray(n * hashBytes, (n + 1) * hashBytes),
    ),
  )
  for (const { path, bytes } of grown.tiles) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), bytes)
  }
  return grown.edge
}
