import { WhodidError } from '@whodid/model'
import { emptyEdge, formatCheckpoint, rootOf } from '@whodid/tlog'
import type { TreeEdge } from '@whodid/tlog'
import type { LeafRun } from '../wal/segment.ts'
import { createCosigner } from './create-cosigner.ts'
import { growTree, LeafQueue, leavesPerPass } from './leaf-queue.ts'
import { loadTree, publishKeys } from './load-tree.ts'
import type { LoadedTree } from './load-tree.ts'
import type { AppendEvent, SequencerDeps, SequencerLevels } from './sequencer-options.ts'

/**
 * Puts the leaf of every durable record into the tree and signs a checkpoint, each second in which there are new leaves. A
 * heartbeat stands in the log at an interval, busy or idle, with the size that is sealed: its silence, or one size again and again, is
 * evidence, also to somebody who only has SQL. Never waits for ClickHouse.
 *
 * The order is: leaves durable (the write-ahead log's work), tiles, checkpoint kept, head, checkpoint published. A crash
 * between any two leaves a tree that the next start goes on with. A failing disk is tried again. A tree that does not agree
 * with the checkpoints that were signed is not, because a signature on it would be a fork: sealing then stays stopped, and
 * records are still taken until `unsealedRowsMax`.
 */
export class Sequencer {
  readonly #options: SequencerDeps
  readonly #queue = new LeafQueue()
  readonly #cosigner: ReturnType<typeof createCosigner>
  /** Submits to the checkpoint log. Apart from the witnesses: a slow witness holds up no round of this one. */
  readonly #recorder: ReturnType<typeof createCosigner>
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
  #beatAtMs = performance.now()

  private constructor(options: SequencerDeps) {
    this.#options = options
    this.#cosigner = createCosigner({ ...options, name: 'cosigned' })
    const witnesses = options.metaLog === undefined ? [] : [options.metaLog]
    this.#recorder = createCosigner({ ...options, name: 'recorded', witnesses })
  }

  /**
   * Loads the tree. A fault of the tree or its keys is not thrown: the sequencer then seals nothing and reports the reason.
   * Throws the system's error when the disk fails.
   */
  static async open(options: SequencerDeps): Promise<Sequencer> {
    const sequencer = new Sequencer(options)
    try {
      const tree = await loadTree(options)
      sequencer.#tree = tree
      sequencer.#edge = tree.edge
      await publishKeys(tree, options)
      if (tree.edge.size > 0) await tree.checkpoints.publish(tree.checkpoints.latest)
    } catch (thrown) {
      if (!(thrown instanceof WhodidError)) throw thrown
      sequencer.#fail(thrown)
    }
    return sequencer
  }

  /** Leaves that a checkpoint covers; undefined when the tree could not be loaded. */
  get sealedSize(): number | undefined {
    return this.#tree === undefined ? undefined : this.#edge.size
  }

  /** Records taken that no checkpoint covers. */
  get unsealedCount(): number {
    return this.#queue.count
  }

  get levels(): SequencerLevels {
    return {
      sealedSize: this.#edge.size,
      unsealedCount: this.unsealedCount,
      checkpointAgeMs: Math.round(performance.now() - this.#checkpointAtMs),
      sealFailure: this.#failure,
      sealMs: Math.round(this.#sealMs),
      checkpoints: this.#checkpoints,
      witnesses: this.#cosigner.levels,
      metaLog: this.#recorder.levels[0],
      unregisteredKeys: this.#tree?.registrar.waitingCount ?? 0,
    }
  }

  /** True when every record below this index is sealed. */
  isSealed(end: number): boolean {
    return this.#failure === '' && end <= this.#edge.size
  }

  /** Begins with the leaves that earlier runs left unsealed. The sequencer writes its own records by `append`. */
  begin(unsealed: readonly LeafRun[], append: AppendEvent): void {
    for (const run of unsealed) this.take(run)
    this.#append = append
    this.#tree?.registrar.wake()
    this.#timer = setInterval(() => this.#wake(), this.#options.limits.checkpointIntervalMs).unref()
  }

  /** Takes the leaves of records that are durable, in the order of their indexes. */
  take(run: LeafRun): void {
    this.#queue.push(run)
  }

  /** Resolves when all taken leaves are sealed; never, while sealing has failed. */
  sealed(): Promise<void> {
    const size = this.#edge.size + this.#queue.count
    if (size === this.#edge.size) return Promise.resolve()
    this.#wake()
    return new Promise((resolve) => this.#watchers.push({ size, resolve }))
  }

  /** Seals the leaves that were taken and ends. Leaves that a failing disk leaves unsealed are sealed after the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
    this.#append = undefined
    this.#wake()
    await this.#running
    await Promise.all([this.#cosigner.stop(), this.#recorder.stop(), this.#tree?.registrar.stop()])
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  async #run(): Promise<void> {
    if (this.#failure !== '' || this.#tree === undefined) return
    try {
      if (this.#append !== undefined) await this.#appendEvents(this.#append, this.#tree)
      do await this.#seal(this.#tree)
      while (this.#queue.count >= leavesPerPass)
      if (await this.#tree.keys.retire(this.#edge.size))
        await publishKeys(this.#tree, this.#options)
    } catch (thrown) {
      if (thrown instanceof WhodidError && thrown.code === 'seal_failed') this.#fail(thrown)
      else this.#options.onProblem(`sealing failed and is tried again: ${textOf(thrown)}`)
    }
  }

  /** Appends the ledger's own events: a key takes over, and the heartbeat. */
  async #appendEvents(append: AppendEvent, tree: LoadedTree): Promise<void> {
    const { keys } = tree
    const next = await keys.next()
    if (next !== undefined) {
      const statement = keys.signChange(next)
      // A leaf names both keys, under a checkpoint that the old key signs. A crash before the new epoch begins appends it
      // again, which is the same record.
      await append({ event: 'key_epoch', details: { old: keys.vkey, new: next.vkey, statement } })
      await this.#seal(tree)
      await tree.registrar.keep(statement)
      // A crash before this begins the change again; after it, the next start registers the key.
      await keys.rotate(next, this.#edge.size + 1)
      tree.registrar.wake()
      await publishKeys(tree, this.#options)
    }
    const { heartbeatIntervalMs } = this.#options.limits
    if (performance.now() - this.#beatAtMs < heartbeatIntervalMs) return
    const at = new Date(this.#options.nowUnixMs()).toISOString()
    await append({ event: 'heartbeat', details: { at, size: this.#edge.size } })
    this.#beatAtMs = performance.now()
  }

  async #seal(tree: LoadedTree): Promise<void> {
    if (this.#queue.count === 0) return
    const { leaves, runCount } = this.#queue.peek(this.#edge.size)
    const { edge, tiles } = await growTree(this.#edge, leaves, (act) => this.#measure(act))
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
    this.#resolveWatchers()
    this.#cosigner.offer(note)
    this.#recorder.offer(note)
    await tree.tiles.removeReplaced(before, edge)
  }

  #measure<Result>(act: () => Result): Result {
    const startMs = performance.now()
    const result = act()
    this.#sealMs += performance.now() - startMs
    return result
  }

  #resolveWatchers(): void {
    const reached = this.#watchers.filter(({ size }) => size <= this.#edge.size)
    this.#watchers = this.#watchers.filter(({ size }) => size > this.#edge.size)
    for (const { resolve } of reached) resolve()
  }

  #fail(thrown: unknown): void {
    this.#failure = textOf(thrown)
    this.#options.onProblem(`NOTHING IS SEALED ANY MORE: ${this.#failure}`)
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown failure'
}
