import { createHash } from 'node:crypto'
import { leafInput } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { exitCodeOf, openSealedLog, verifyLog } from '@whodid/verify'
import type { Finding, LogVerification, LogVerificationOptions } from '@whodid/verify'
import type { LeafReader } from '@whodid/store'
import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  parseSkey,
  rootOf,
  signNote,
} from '@whodid/tlog'
import type { KeyEpoch, NoteSigner, TileReader, TreeEdge } from '@whodid/tlog'

/** A log whose tree is held in memory, as an attacker who has all but the key finds it on the disk. */
export interface TestLog {
  readonly origin: string
  readonly signer: NoteSigner
  readonly epochs: readonly KeyEpoch[]
  /** By their paths; an attack changes them. */
  readonly tiles: Map<string, Buffer>
  readonly reader: TileReader
  /** The newest, as it is shown; an attack exchanges it. */
  note: string
  /** Every one that was signed, oldest first. */
  readonly notes: readonly string[]
  /** Gives records their places, puts them into the tree and signs. */
  seal(records: readonly LedgerRecord[]): LedgerRecord[]
}

export function createTestLog(origin: string): TestLog {
  const { skey, vkey } = generateNoteKey(
    origin,
    'note',
    createHash('sha256').update(origin).digest(),
  )
  const signer = parseSkey(skey)
  const tiles = new Map<string, Buffer>()
  const notes: string[] = []
  let edge: TreeEdge = emptyEdge
  const log: TestLog = {
    origin,
    signer,
    epochs: [{ vkey, fromSize: 0, toSize: null }],
    tiles,
    reader: { read: (path) => Promise.resolve(tiles.get(path)) },
    note: '',
    notes,
    seal: (records) => {
      const placed = records.map((record, n) => ({
        ...record,
        logId: origin,
        logIndex: edge.size + n,
      }))
      const grown = appendLeaves(edge, placed.map(leafOf))
      for (const { path, bytes } of grown.tiles) tiles.set(path, Buffer.from(bytes))
      edge = grown.edge
      log.note = signEdge(log, edge)
      notes.push(log.note)
      return placed
    },
  }
  return log
}

/** A checkpoint over a tree, by the log's own key. */
function signEdge({ origin, signer }: TestLog, edge: TreeEdge): string {
  return signNote(formatCheckpoint({ origin, size: edge.size, root: rootOf(edge) }), [signer])
}

function leafOf(record: LedgerRecord): Buffer {
  return createHash('sha256').update(leafInput(record)).digest()
}

/** What `whodid verify` does with one log: opens it, then verifies its rows. */
export async function verifyTestLog(
  log: TestLog,
  reader: LeafReader,
  options: LogVerificationOptions & { readonly anchors?: readonly string[] } = {},
): Promise<{ findings: Finding[]; exitCode: number; verification: LogVerification | undefined }> {
  const { origin, note, epochs } = log
  const { anchors = [] } = options
  const opened = await openSealedLog({ origin, tiles: log.reader, note, epochs, anchors })
  const verification =
    opened.log === undefined ? undefined : await verifyLog(opened.log, reader, options)
  const findings = [...opened.findings, ...(verification?.findings ?? [])]
  return { findings, exitCode: exitCodeOf(findings), verification }
}
