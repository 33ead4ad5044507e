import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { appendLeaves, emptyEdge, formatCheckpoint, rootOf } from '@whodid/tlog'
import type { StoredTile, TreeEdge } from '@whodid/tlog'
import type { LeafRun } from '../log/read-back.ts'
import { writeDurably } from '../log/log-files.ts'
import { LeafQueue, leavesPerPass } from './leaf-queue.ts'
import { loadTree } from './load-tree.ts'
import type { LoadedTree } from './load-tree.ts'
import type { AppendEvent, SealerOptions, SealLevels } from './sealer-options.ts'
import { partialTiles } from './tree-files.ts'
import { changeKey } from './change-key.ts'

/** Leaves hashed between two turns of the event loop: some milliseconds. */
const leavesAtOnce = 8_192

/**
 * Seals a log: puts the leaf of every durable record into the tree and signs a checkpoint, each second in which there are
 * new ones. An idle log says that it lives, so that its silence is evidence. Never waits for ClickHouse.
 *
 * The order is leaves durable (the commit log's work), tiles, checkpoint kept, head, checkpoint published: a crash between
 * any two leaves a tree that the next start goes on with. A disk that fails is tried again; a tree that does not agree with
 * what was signed is not, for whatever is signed on it would be a fork: sealing then stays stopped, and records are still
 * taken until `unsealedRowsMax`.
 */
export class Sealer {
  readonly #options: SealerOptions
  readonly #queue = new LeafQueue()
  #tree: LoadedTree | undefined
  #edge: TreeEdge = emptyEdge
  #failure = ''
  #append: AppendEvent | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #watchers: { readonly size: number; readonly resolve: () => void }[] = []
  #sealMs = 0
  #checkpoints = 0
  #checkpointAtMs = performance.now()
  #appendedAtMs = performance.now()

  private constructor(options: SealerOptions) {
    this.#options = options
  }

  /** Never throws for what it finds in the tree: then it is a sealer that seals nothing and says why. */
  static async open(options: SealerOptions): Promise<Sealer> {
    const sealer = new Sealer(options)
    try {
      const tree = await loadTree(options)
      sealer.#tree = tree
      sealer.#edge = tree.edge
      await sealer.#publishKeys(tree)
      if (tree.edge.size > 0) await tree.checkpoints.publish(tree.checkpoints.latest)
    } catch (thrown) {
      sealer.#fail(thrown)
    }
    return sealer
  }

  /** Leaves that a checkpoint covers; undefined when the tree could not be loaded. */
  get sealedSize(): number | undefined {
    return this.#tree === undefined ? undefined : this.#edge.size
  }

  /** Records taken that no checkpoint covers. */
  get unsealedCount(): number {
    return this.#queue.count
  }

  get levels(): SealLevels {
    return {
      sealedSize: this.#edge.size,
      unsealedCount: this.unsealedCount,
      checkpointAgeMs: Math.round(performance.now() - this.#checkpointAtMs),
      sealFailure: this.#failure,
      sealMs: Math.round(this.#sealMs),
      checkpoints: this.#checkpoints,
    }
  }

  /** Whether every record below this index is sealed. */
  isSealed(end: number): boolean {
    return this.#failure === '' && end <= this.#edge.size
  }

  /** Begins with what earlier runs left unsealed. `append` is how the sealer itself writes records. */
  begin(unsealed: readonly LeafRun[], append: AppendEvent): void {
    for (const run of unsealed) this.take(run)
    this.#append = append
    this.#timer = setInterval(() => this.#wake(), this.#options.limits.checkpointIntervalMs).unref()
  }

  /** Takes the leaves of records that are durable, in the order of their indexes. */
  take(run: LeafRun): void {
    this.#appendedAtMs = performance.now()
    this.#queue.push(run)
  }

  /** Resolves when all that was taken is sealed; never, while sealing has failed. */
  sealed(): Promise<void> {
    const size = this.#edge.size + this.#queue.count
    if (size === this.#edge.size) return Promise.resolve()
    this.#wake()
    return new Promise((resolve) => this.#watchers.push({ size, resolve }))
  }

  /** Seals what has been taken and ends. What a failing disk keeps it from is sealed after the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
    this.#append = undefined
    this.#wake()
    await this.#running
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  async #run(): Promise<void> {
    if (this.#failure !== '' || this.#tree === undefined) return
    try {
      if (this.#append !== undefined) await this.#speak(this.#append, this.#tree)
      do await this.#seal(this.#tree)
      while (this.#queue.count >= leavesPerPass)
      if (await this.#tree.keys.retire(this.#edge.size)) await this.#publishKeys(this.#tree)
    } catch (thrown) {
      if (thrown instanceof WhodidError && thrown.code === 'seal_failed') this.#fail(thrown)
      else this.#options.onProblem(`sealing failed and is tried again: ${textOf(thrown)}`)
    }
  }

  /** What the ledger itself has to say: that a key takes over, and that it lives. */
  async #speak(append: AppendEvent, tree: LoadedTree): Promise<void> {
    const { keys } = tree
    const next = await keys.next()
    if (next !== undefined) {
      await changeKey({ keys, next, append, origin: this.#options.origin })
      await this.#seal(tree)
      await keys.rotate(next, this.#edge.size + 1)
      await this.#publishKeys(tree)
    }
    const { heartbeatIntervalMs } = this.#options.limits
    if (performance.now() - this.#appendedAtMs < heartbeatIntervalMs) return
    const at = new Date(this.#options.nowUnixMs()).toISOString()
    await append({ event: 'heartbeat', details: { at, size: this.#edge.size } })
  }

  async #seal(tree: LoadedTree): Promise<void> {
    if (this.#queue.count === 0) return
    const { leaves, runCount } = this.#queue.peek(this.#edge.size)
    const { edge, tiles } = await this.#grow(leaves)
    await tree.tiles.write(tiles)
    const note = this.#measure(() => {
      const { size } = edge
      const text = formatCheckpoint({ origin: this.#options.origin, size, root: rootOf(edge) })
      return tree.keys.sign(text, size)
    })
    await tree.checkpoints.keep(note, edge.size)
    await tree.head.keep(note)
    await tree.checkpoints.publish(note)
    const before = this.#edge
    this.#edge = edge
    this.#queue.drop(runCount)
    this.#checkpoints += 1
    this.#checkpointAtMs = performance.now()
    this.#tellWatchers()
    this.#options.onCheckpoint?.(note, edge.size)
    await tree.tiles.forget(before, edge)
  }

  /** The grown edge, and every tile to write: the full ones, and the partial ones as they stand at the end. */
  async #grow(leaves: readonly Buffer[]): Promise<{ edge: TreeEdge; tiles: StoredTile[] }> {
    const full: StoredTile[] = []
    let edge = this.#edge
    for (let from = 0; from < leaves.length; from += leavesAtOnce) {
      const grown = this.#measure(() => appendLeaves(edge, leaves.slice(from, from + leavesAtOnce)))
      edge = grown.edge
      for (const tile of grown.tiles) if (!tile.path.includes('.p/')) full.push(tile)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const known = new Set(partialTiles(this.#edge).map(({ path }) => path))
    const partial = partialTiles(edge).filter(({ path }) => !known.has(path))
    return { edge, tiles: [...full, ...partial] }
  }

  #measure<Result>(act: () => Result): Result {
    const startMs = performance.now()
    const result = act()
    this.#sealMs += performance.now() - startMs
    return result
  }

  /** The public keys, beside the tree. The private file is the truth; a crash between the two is mended at a start. */
  async #publishKeys({ keys }: LoadedTree): Promise<void> {
    const { files, dir } = this.#options
    await writeDurably(files, join(dir, 'keys'), keys.publicText)
  }

  #tellWatchers(): void {
    const told = this.#watchers.filter(({ size }) => size <= this.#edge.size)
    this.#watchers = this.#watchers.filter(({ size }) => size > this.#edge.size)
    for (const { resolve } of told) resolve()
  }

  #fail(thrown: unknown): void {
    this.#failure = textOf(thrown)
    this.#options.onProblem(`NOTHING IS SEALED ANY MORE: ${this.#failure}`)
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown failure'
}
