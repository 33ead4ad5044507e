import { join } from 'node:path'
import { verifyKeyChange } from '@whodid/tlog'
import { logName, readTextIfThere, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { submitKeyChange } from '@whodid/witness'
import type { KeyChangeSubmission, WitnessEndpoint } from '@whodid/witness'

/** The place where changes wait, and the checkpoint log that registers them. */
export interface KeyRegistrarOptions {
  readonly files: FilePort
  readonly keysDir: string
  readonly origin: string
  /** The checkpoint log; undefined where there is none, and then nothing is kept. */
  readonly metaLog: WitnessEndpoint | undefined
  readonly onProblem: (message: string) => void
}

/** First pause after a failure, in milliseconds; doubles up to a minute. */
const pauseMsMin = 1_000
const pauseMsMax = 60_000

/** Changes that may wait: as many keys as a checkpoint log knows of one log. */
const waitingMax = 1_000

/**
 * Registers each change of a log's keys with the checkpoint log, in their order, until it acknowledges: an unregistered key's
 * checkpoints are refused there once the old key has ended. Pending changes are a file beside the keys, so that they survive
 * a crash and an absence of days. Nothing waits for it.
 */
export class KeyRegistrar {
  readonly #options: KeyRegistrarOptions
  readonly #stopping = new AbortController()
  #waiting: readonly string[]
  #outcome: KeyChangeSubmission['outcome'] = 'registered'
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  private constructor(options: KeyRegistrarOptions, waiting: readonly string[]) {
    this.#options = options
    this.#waiting = waiting
  }

  /** Goes on with the changes that earlier runs left. A damaged file is reported, and left for an operator. */
  static async open(options: KeyRegistrarOptions): Promise<KeyRegistrar> {
    const { files, keysDir, origin, onProblem } = options
    const path = keyChangesPath(keysDir, origin)
    const waiting = parseKeyChanges((await readTextIfThere(files, path)) ?? '')
    if (waiting === undefined)
      onProblem(`"${path}" is damaged: tell the meta-log of the log's new key by hand`)
    return new KeyRegistrar(options, waiting ?? [])
  }

  /** Changes that the checkpoint log has not acknowledged. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Resolves when the statement is durable and will be registered. Must be called before the new key signs. */
  async keep(statement: string): Promise<void> {
    if (this.#options.metaLog === undefined || this.#waiting.includes(statement)) return
    // A crash before this leaves the next key waiting, and the change is begun again; after it, both.
    await this.#save([...this.#waiting, statement].slice(-waitingMax))
  }

  /** Begins to register the pending changes. */
  wake(): void {
    clearTimeout(this.#timer)
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#options.onProblem(`the change of key is told again: ${textOf(error)}`)
        this.#failures += 1
      })
      .finally(() => {
        this.#running = undefined
        this.#sleep()
      })
  }

  /** Resolves when nothing is under way any more; pending changes are registered at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    const { metaLog, origin, onProblem } = this.#options
    const stopping = this.#stopping
    while (metaLog !== undefined && !stopping.signal.aborted) {
      const [statement] = this.#waiting
      if (statement === undefined) return
      const submitted = await submitKeyChange(metaLog, statement, { signal: stopping.signal })
      if (this.#stopping.signal.aborted && submitted.outcome !== 'registered') return
      if (submitted.outcome !== 'registered') {
        if (this.#outcome !== submitted.outcome) onProblem(problemOf(origin, submitted))
        this.#outcome = submitted.outcome
        this.#failures += 1
        return
      }
      // A crash before this registers it again, which changes nothing there.
      await this.#save(this.#waiting.filter((one) => one !== statement))
      if (this.#outcome !== 'registered') onProblem(`the meta-log knows the new key of ${origin}`)
      this.#outcome = 'registered'
      this.#failures = 0
    }
  }

  #sleep(): void {
    if (this.#stopping.signal.aborted || this.#waiting.length === 0) return
    if (this.#options.metaLog === undefined) return
    const pauseMs = Math.min(pauseMsMin * 2 ** Math.min(this.#failures - 1, 16), pauseMsMax)
    this.#timer = setTimeout(() => this.wake(), pauseMs).unref()
  }

  async #save(waiting: readonly string[]): Promise<void> {
    const { files, keysDir, origin } = this.#options
    const path = keyChangesPath(keysDir, origin)
    await writeDurably(files, path, `${JSON.stringify(waiting)}\n`)
    this.#waiting = waiting
  }
}

/** The file of the changes that the checkpoint log has not acknowledged. Holds no secret. */
export function keyChangesPath(keysDir: string, origin: string): string {
  return join(keysDir, `log-${logName(origin)}.key-changes`)
}

/** Reads it; undefined when it is damaged. */
export function parseKeyChanges(text: string): readonly string[] | undefined {
  if (text === '') return []
  try {
    const notes: unknown = JSON.parse(text)
    if (!Array.isArray(notes) || notes.length > waitingMax) return undefined
    const statements = notes.map(String)
    for (const statement of statements) verifyKeyChange(statement)
    return statements
  } catch {
    // The parse error is of no use to an operator.
    return undefined
  }
}

function problemOf(
  origin: string,
  { outcome, detail }: Exclude<KeyChangeSubmission, { readonly outcome: 'registered' }>,
): string {
  return outcome === 'refused'
    ? `ALARM: THE META-LOG REFUSES THE NEW KEY of ${origin}: ${detail}`
    : `the meta-log does not know the new key of ${origin} yet, and is told again: ${detail}`
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure'
}
