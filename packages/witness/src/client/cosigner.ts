import { addSignatures, parseCheckpoint, parseNote } from '@whodid/tlog'
import type { TileReader } from '@whodid/tlog'
import { submitCheckpoint } from './submit-checkpoint.ts'
import type { Submission, WitnessEndpoint } from './submit-checkpoint.ts'

/** What a cosigner works with. */
export interface CosignerOptions {
  readonly witnesses: readonly WitnessEndpoint[]
  /** The log's tiles; they must hold the tree of every checkpoint that is offered. */
  readonly reader: TileReader
  /** Is told of each checkpoint that at least one witness cosigned, with the cosignatures in it; sizes never go down. */
  readonly onCosigned: (note: string, size: number) => Promise<void>
  /** Is told once when a witness begins to be unreachable, refuses or gives alarm, and once when it cosigns again. */
  readonly onProblem: (message: string) => void
  /** How long each request may take. Default 5,000. */
  readonly timeoutMs?: number
  /** First pause after a witness failed; doubles up to a minute. Default 1,000. */
  readonly pauseMs?: number
}

/** How the log stands with one witness. */
export interface WitnessLevel {
  readonly name: string
  /** What became of the last submission; `none` before the first. */
  readonly outcome: Submission['outcome'] | 'none'
  /** Leaves it has cosigned, and when it said so, in seconds since 1970; 0 for never. */
  readonly cosignedSize: number
  readonly cosignedAtS: number
  /** Why it did not cosign; '' when it did. */
  readonly detail: string
  /** Submissions that did not end in a cosignature, since the start. */
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
 * Has a log's checkpoints cosigned while the log goes on: it is offered each new one and submits the newest, to all witnesses at
 * once, one round after the other. Nothing waits for it; a witness that is away costs its cosignature and nothing else.
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

  /** Takes a checkpoint that is published. An earlier one that has not been submitted yet is passed over. */
  offer(note: string): void {
    if (this.#relations.length === 0 || this.#stopping.signal.aborted) return
    const { size } = parseCheckpoint(parseNote(note).text)
    this.#offered = { note, size }
    this.#wake()
  }

  /** Resolves when nothing is under way any more; requests that are, are given up. */
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

  /** Rounds, for as long as there is a witness that is due and has not cosigned the newest checkpoint. */
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
    // The log has gone on meanwhile and may have dropped a tile of the smaller tree: the newest is submitted instead.
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

  /** Those that have not cosigned the newest checkpoint. */
  #waiting(): Relation[] {
    const size = this.#offered?.size ?? 0
    return this.#relations.filter(
      ({ level }) => level.outcome !== 'cosigned' || level.cosignedSize < size,
    )
  }

  /** An idle log offers nothing new; what failed is tried again all the same. */
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
