import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  leafHash,
  parseSkey,
  rootOf,
  signNote,
} from '@whodid/tlog'
import type { NoteSigner, TileReader } from '@whodid/tlog'

/** A log in memory, whose past can be written anew: what a witness is there to notice. */
export interface WitnessedLog {
  readonly signer: NoteSigner
  readonly reader: TileReader
  /** Appends leaves until there are `size`, and signs. `word` makes the leaves another log's. */
  readonly growTo: (size: number, word?: string) => string
  /** Forgets everything after the first `size` leaves, as a database that was put back. */
  readonly cutTo: (size: number) => void
}

/** Starts an empty log with a key of its own, or with `signer`'s: then it is the same log to everyone else. */
export function startWitnessedLog(
  signer: NoteSigner = parseSkey(generateNoteKey('example.com/log', 'note').skey),
): WitnessedLog {
  const words: string[] = []
  let tiles = new Map<string, Buffer>()
  let edge = emptyEdge
  const append = (added: readonly string[]): void => {
    const leaves = added.map((word, place) => leafHash(Buffer.from(`${word} ${edge.size + place}`)))
    const grown = appendLeaves(edge, leaves)
    edge = grown.edge
    for (const { path, bytes } of grown.tiles) tiles.set(path, bytes)
    words.push(...added)
  }
  return {
    signer,
    reader: { read: (path) => Promise.resolve(tiles.get(path)) },
    growTo: (size, word = 'leaf') => {
      append(Array.from({ length: size - edge.size }, () => word))
      const origin = signer.verifier.name
      return signNote(formatCheckpoint({ origin, size: edge.size, root: rootOf(edge) }), [signer])
    },
    cutTo: (size) => {
      const kept = words.splice(0).slice(0, size)
      tiles = new Map()
      edge = emptyEdge
      append(kept)
    },
  }
}
