import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  hashBytes,
  ProofError,
  proveConsistency,
  readEdge,
  rootOf,
  signNote,
  tileWidth,
  verifyCheckpoint,
  verifyConsistency,
} from '@whodid/tlog'
import type { Checkpoint, NoteSigner, StoredTile, TileReader, TreeEdge } from '@whodid/tlog'
import { appendDurably, readIfThere, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { createDirectorySource } from './source.ts'

/** The key, directory and head file of a checkpoint log's tree. */
export interface CheckpointLogTreeOptions {
  readonly files: FilePort
  readonly dir: string
  /** The file that keeps the newest signed checkpoint: beside the key, outside of `dir`. */
  readonly headPath: string
  readonly signer: NoteSigner
}

/** The number of tiles written at the same time. */
const writesAtOnce = 8

/**
 * The tree of a checkpoint log and its signed checkpoint. The order of writes is entries (before this), tiles, head, checkpoint: a
 * crash between two leaves the old checkpoint, and entries from which the tiles and the checkpoint of the head are made again.
 */
export class CheckpointLogTree {
  readonly #options: CheckpointLogTreeOptions
  readonly reader: TileReader
  #edge: TreeEdge
  #named = new Set<string>()

  private constructor(options: CheckpointLogTreeOptions, edge: TreeEdge) {
    this.#options = options
    this.reader = createDirectorySource(options.dir, options.files)
    this.#edge = edge
  }

  /** Loads the tree under the published checkpoint. Throws `seal_failed` when its tiles have another root. */
  static async open(options: CheckpointLogTreeOptions): Promise<CheckpointLogTree> {
    const { files, dir } = options
    const tree = new CheckpointLogTree(options, emptyEdge)
    const note = await readIfThere(files, join(dir, 'checkpoint'))
    if (note === undefined) return tree
    const checkpoint = readSigned(note, options)
    try {
      tree.#edge = await readEdge(tree.reader, checkpoint.size)
    } catch (error) {
      if (error instanceof ProofError)
        throw failed(`the tiles of its right edge cannot be read: ${error.message}`)
      throw error
    }
    if (!rootOf(tree.#edge).equals(checkpoint.root))
      throw failed(`the tiles lead to another root than the checkpoint of size ${checkpoint.size}`)
    return tree
  }

  /** The number of entries that are signed. */
  get size(): number {
    return this.#edge.size
  }

  /** Checks that the tree, with the entries that follow, continues the checkpoint in the head file. Throws `seal_failed`. */
  async checkHead(following: readonly Buffer[]): Promise<void> {
    const note = await readIfThere(this.#options.files, this.#options.headPath)
    if (note === undefined) return
    const head = readSigned(note, this.#options)
    const { size } = this.#edge
    if (head.size > size + following.length)
      throw failed(
        `it has ${size + following.length} entries, and its key has signed ${head.size}: it was put back`,
      )
    const isSame =
      head.size >= size
        ? rootOf(appendLeaves(this.#edge, following.slice(0, head.size - size)).edge).equals(
            head.root,
          )
        : await this.#continues(head)
    if (!isSame) throw failed(`its key has signed another root for the size ${head.size}`)
  }

  /** Appends leaves to the tree and signs it. Resolves with the checkpoint once it is published; rejects when the disk fails. */
  async sign(leaves: readonly Buffer[]): Promise<string> {
    const { files, dir, headPath, signer } = this.#options
    const { edge, tiles } = appendLeaves(this.#edge, leaves)
    for (let from = 0; from < tiles.length; from += writesAtOnce)
      await Promise.all(tiles.slice(from, from + writesAtOnce).map((tile) => this.#write(tile)))
    const { name: origin } = signer.verifier
    const text = formatCheckpoint({ origin, size: edge.size, root: rootOf(edge) })
    const note = signNote(text, [signer])
    await writeDurably(files, headPath, note)
    await writeDurably(files, join(dir, 'checkpoint'), note)
    this.#edge = edge
    return note
  }

  /** Appends to a tile's file, which has the path of the full tile: signed hashes are never written again. */
  async #write({ path, bytes }: StoredTile): Promise<void> {
    const { files, dir } = this.#options
    const [whole = ''] = path.split('.p/')
    const keptBytes = this.#keptBytes(whole)
    const isNamed = this.#named.has(whole)
    await appendDurably(files, { dir, path: whole, keptBytes, isNamed }, bytes.subarray(keptBytes))
    if (path === whole) this.#named.delete(whole)
    else this.#named.add(whole)
  }

  #keptBytes(whole: string): number {
    const [, levelText = ''] = whole.split('/')
    const level = Number(levelText)
    const index = Number(whole.split('/').slice(2).join('').replaceAll('x', ''))
    const count = Math.floor(this.#edge.size / tileWidth ** level)
    return Math.max(count - index * tileWidth, 0) * hashBytes
  }

  async #continues(head: Checkpoint): Promise<boolean> {
    try {
      const proof = await proveConsistency(this.reader, head.size, this.#edge.size)
      const claim = { from: head.size, fromRoot: head.root, to: this.#edge.size }
      verifyConsistency({ ...claim, toRoot: rootOf(this.#edge), proof })
      return true
    } catch (error) {
      if (error instanceof ProofError) return false
      throw error
    }
  }
}

function readSigned(note: Buffer, { signer }: CheckpointLogTreeOptions): Checkpoint {
  try {
    return verifyCheckpoint(note, signer.verifier).checkpoint
  } catch (error) {
    if (error instanceof ProofError) throw failed(error.message)
    throw error
  }
}

function failed(why: string): WhodidError {
  return new WhodidError(
    'seal_failed',
    `the meta-log expected to go on from its last state; ${why}`,
  )
}
