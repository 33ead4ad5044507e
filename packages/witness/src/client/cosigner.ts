import { addSignatures, parseCheckpoint, parseNote } from '@whodid/tlog'
import type { TileReader } from '@whodid/tlog'
import { submitCheckpoint } from './submit-checkpoint.ts'
import type { Submission, WitnessEndpoint } from './submit-checkpoint.ts'

/** The witnesses, tiles and callbacks of a cosigner. */
export interface CosignerOptions {
  readonly witnesses: readonly WitnessEndpoint[]
  /** The log's tiles; they must hold the tree of every checkpoint that is offered. */
  readonly reader: TileReader
  /** Called for each checkpoint that at least one witness cosigned, with the cosignatures in it; sizes never decrease. */
  readonly onCosigned: (note: string, size: number) => Promise<void>
  /** Called once when a witness becomes unreachable, refuses or raises an alarm, and once when it cosigns again. */
  readonly onProblem: (message: string) => void
  /** The most milliseconds for each request. Default 5,000. */
  readonly timeoutMs?: number
  /** Milliseconds of the first pause after a witness failed; doubles up to a minute. Default 1,000. */
  readonly pauseMs?: number
}

/** The state of the log at one witness. */
export interface WitnessLevel {
  readonly name: string
  /** The outcome of the last submission; `none` before the first. */
  readonly outcome: Submission['outcome'] | 'none'
  /** The number of leaves it has cosigned, and the time of that in seconds since 1970; 0 for never. */
  readonly cosignedSize: number
  readonly cosignedAtS: number
  /** The reason that it did not cosign; '' when it did. */
  readonly detail: string
  /** The number of submissions without a cosignature since the start. */
  readonly failureCount: number
}

interface Relation {
  readonly witness: WitnessEndpoint
  level: WitnessLevel
  failures: number
  notBeforeMs: number
}

const pauseMsMax = 60_000

/**
 * Gets a log's checkpoints cosigned in the background: `offer` takes each new one, and rounds submit the newest to all witnesses
 * at once. Nothing waits for it; an unreachable witness costs only its own cosignature.
 */
export class Cosigner {
  readonly #options: CosignerOptions
  readonly #relations: readonly Relation[]
  readonly #stopping = new AbortController()
  #offered: { readonly note: string; readonly size: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor(options: CosignerOptions) {
    this.#options = options
    this.#relations = options.witnesses.map((witness) => ({
      witness,
      level: {
        name: witness.key.name,
        outcome: 'none',
        cosignedSize: 0,
        cosignedAtS: 0,
        detail: '',
        failureCount: 0,
      },
      failures: 0,
      notBeforeMs: 0,
    }))
  }

  get levels(): readonly WitnessLevel[] {
    return this.#relations.map(({ level }) => level)
  }

  /** Takes a published checkpoint. It replaces an earlier one that has not been submitted yet. */
  offer(note: string): void {
    if (this.#relations.length === 0 || this.#stopping.signal.aborted) return
    const { size } = parseCheckpoint(parseNote(note).text)
    this.#offered = { note, size }
    this.#wake()
  }

  /** Aborts the requests under way, and resolves when none is left. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  #wake(): void {
    clearTimeout(this.#timer)
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#options.onProblem(`cosigning failed: ${textOf(error)}`))
      .finally(() => {
        this.#running = undefined
        this.#sleep()
      })
  }

  /** Runs rounds as long as a witness is due and has not cosigned the newest checkpoint. */
  async #run(): Promise<void> {
    for (;;) {
      const offered = this.#offered
      const due = this.#waiting().filter(({ notBeforeMs }) => notBeforeMs <= performance.now())
      if (offered === undefined || due.length === 0 || this.#stopping.signal.aborted) return
      const lines = await Promise.all(due.map((relation) => this.#submit(relation, offered)))
      if (lines.some((given) => given.length > 0))
        await this.#options.onCosigned(addSignatures(offered.note, lines.flat()), offered.size)
    }
  }

  async #submit(
    relation: Relation,
    { note, size }: { note: string; size: number },
  ): Promise<readonly string[]> {
    const submission = await this.#ask(relation, note)
    // The log has grown meanwhile and may have deleted a tile of the smaller tree: the next round submits the newest.
    if (submission === undefined) return []
    if (this.#stopping.signal.aborted && submission.outcome === 'unreachable') return []
    const before = relation.level
    if (submission.outcome === 'cosigned') {
      const { name } = before
      const { timeS } = submission
      relation.failures = 0
      relation.notBeforeMs = 0
      relation.level = {
        name,
        outcome: 'cosigned',
        cosignedSize: size,
        cosignedAtS: timeS,
        detail: '',
        failureCount: before.failureCount,
      }
      if (before.detail !== '') this.#options.onProblem(`witness ${name} cosigns again`)
      return submission.lines
    }
    const { outcome, detail } = submission
    relation.level = { ...before, outcome, detail, failureCount: before.failureCount + 1 }
    relation.notBeforeMs = performance.now() + this.#pauseMs(relation.failures)
    relation.failures += 1
    if (before.outcome !== outcome) this.#options.onProblem(problemOf(before.name, outcome, detail))
    return []
  }

  async #ask({ witness, level }: Relation, note: string): Promise<Submission | undefined> {
    const { reader, timeoutMs } = this.#options
    try {
      return await submitCheckpoint(witness, {
        checkpoint: note,
        reader,
        oldSize: level.cosignedSize,
        signal: this.#stopping.signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      })
    } catch (error) {
      if (this.#offered?.note !== note) return undefined
      return { outcome: 'unreachable', detail: `its proof cannot be made: ${textOf(error)}` }
    }
  }

  #pauseMs(failures: number): number {
    return Math.min((this.#options.pauseMs ?? 1_000) * 2 ** Math.min(failures, 16), pauseMsMax)
  }

  /** Returns the witnesses that have not cosigned the newest checkpoint. */
  #waiting(): Relation[] {
    const size = this.#offered?.size ?? 0
    return this.#relations.filter(
      ({ level }) => level.outcome !== 'cosigned' || level.cosignedSize < size,
    )
  }

  /** Starts a later round for failed witnesses, because an idle log offers no new checkpoint. */
  #sleep(): void {
    const next = Math.min(...this.#waiting().map(({ notBeforeMs }) => notBeforeMs))
    if (this.#stopping.signal.aborted || !Number.isFinite(next)) return
    this.#timer = setTimeout(() => this.#wake(), Math.max(next - performance.now(), 0) + 1).unref()
  }
}

function problemOf(
  name: string,
  outcome: Exclude<Submission['outcome'], 'cosigned'>,
  detail: string,
): string {
  switch (outcome) {
    case 'ahead':
      return `ALARM: THIS LOG WAS PUT BACK: witness ${name}: ${detail}`
    case 'fork':
      return `ALARM: THIS LOG'S PAST WAS CHANGED: witness ${name}: ${detail}`
    case 'refused':
      return `witness ${name} refuses this log: ${detail}`
    case 'unreachable':
      return `witness ${name} has not cosigned, checkpoints go without it: ${detail}`
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure'
}
