import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import type { NoteSigner } from '@whodid/tlog'
import { Cosigner } from '../client/cosigner.ts'
import type { CosignerOptions, WitnessLevel } from '../client/cosigner.ts'
import type { WitnessEvent } from '../protocol/witness.ts'
import { lockState } from '../service/witness-state.ts'
import { CheckpointLog } from './checkpoint-log.ts'
import { systemFiles, writeDurably } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { findRequests, forgetRequest } from './registry-requests.ts'
import { serveCheckpointLog } from './serve-checkpoint-log.ts'

/** The options of a checkpoint log service. */
export interface CheckpointLogServiceOptions {
  /** The key that signs the checkpoint log's own checkpoints, of kind `note`. */
  readonly signer: NoteSigner
  /** The key that acknowledges the checkpoints of collectors, of kind `cosignature` and of the same name. */
  readonly receipts: NoteSigner
  /** The directory of its files. */
  readonly dir: string
  /** The file that keeps the newest signed checkpoint; best beside the key, outside of `dir`. */
  readonly headPath: string
  /** The witnesses that are asked to cosign it. Default: none. */
  readonly witnesses?: CosignerOptions['witnesses']
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: a free port. */
  readonly port?: number
  /** Milliseconds between two checkpoints. Default 1,000. */
  readonly checkpointMs?: number
  /** Seconds without an entry after which it appends a heartbeat. Default 45. */
  readonly heartbeatS?: number
  readonly files?: FilePort
  readonly onEvent: (event: CheckpointLogEvent) => void
}

/** An event that a checkpoint log's operator should know; a `WitnessEvent` is about a collector's log. */
export type CheckpointLogEvent =
  | WitnessEvent
  /** A write failed; it is tried again or was not acknowledged. */
  | { readonly event: 'failed'; readonly detail: string }
  /** A key or a retirement was recorded, or a request for one was refused. */
  | { readonly event: 'registered' | 'refused'; readonly detail: string }
  /** A problem with a witness of the checkpoint log itself. */
  | { readonly event: 'warning'; readonly detail: string }

/** A checkpoint log that answers over HTTP. */
export interface RunningCheckpointLog {
  readonly url: string
  /** Returns the number of entries that are signed. */
  readonly size: () => number
  readonly witnesses: () => readonly WitnessLevel[]
  /** Signs the last entries, and stops. */
  readonly stop: () => Promise<void>
}

/**
 * Runs a checkpoint log over HTTP. Collectors submit checkpoints as to a witness (C2SP tlog-witness): the checks are the same, and
 * an acknowledged checkpoint is a leaf. `POST /add-key` registers a log's next key, which the one before it must have signed.
 * Serves `checkpoint`, tiles and entry bundles on the C2SP paths, `cosigned`, and the paths of a witness.
 *
 * Throws `invalid_config`, and `seal_failed` when its directory was rolled back. Does NOT speak TLS.
 */
export async function startCheckpointLog(
  options: CheckpointLogServiceOptions,
): Promise<RunningCheckpointLog> {
  const { dir, signer, receipts, headPath, files = systemFiles, onEvent } = options
  checkKeys(signer, receipts)
  const unlock = await lockState(dir)
  try {
    const nowS = (): number => Math.floor(Date.now() / 1000)
    const heartbeatS = options.heartbeatS ?? 45
    const log = await CheckpointLog.open({
      files,
      dir,
      headPath,
      signer,
      receipts,
      nowS,
      heartbeatS,
    })
    const cosigner = new Cosigner({
      witnesses: options.witnesses ?? [],
      reader: log.reader,
      onCosigned: (note) => writeDurably(files, join(dir, 'cosigned'), note),
      onProblem: (detail) => onEvent({ event: 'warning', detail }),
    })
    const rounds = startRounds({ log, cosigner, options })
    await rounds.now()
    const server = await serveCheckpointLog(options, log).catch(async (thrown: unknown) => {
      await rounds.stop()
      throw thrown
    })
    return {
      url: server.url,
      size: () => log.size,
      witnesses: () => cosigner.levels,
      stop: async () => {
        await server.stop()
        await log.settled()
        await rounds.stop()
        await cosigner.stop()
        await unlock()
      },
    }
  } catch (thrown) {
    await unlock()
    throw thrown
  }
}

function checkKeys(signer: NoteSigner, receipts: NoteSigner): void {
  const [own, other] = [signer.verifier, receipts.verifier]
  if (own.kind === 'note' && other.kind === 'cosignature' && own.name === other.name) return
  throw new WhodidError(
    'invalid_config',
    `the keys of a meta-log expected type 1 and type 4 of one name; got "${own.vkey}" and "${other.vkey}"`,
  )
}

interface Rounds {
  readonly now: () => Promise<void>
  /** Runs a last round and stops. */
  readonly stop: () => Promise<void>
}

/** Takes the operator's requests and then signs a checkpoint, each `checkpointMs`. Reports a round that fails; the next one tries again. */
function startRounds({
  log,
  cosigner,
  options,
}: {
  readonly log: CheckpointLog
  readonly cosigner: Cosigner
  readonly options: CheckpointLogServiceOptions
}): Rounds {
  let running: Promise<void> | undefined
  const round = async (): Promise<void> => {
    try {
      await takeRequests(log, options)
      const note = await log.sign()
      if (note !== undefined) cosigner.offer(note)
    } catch (error) {
      options.onEvent({ event: 'failed', detail: textOf(error) })
    }
  }
  const now = (): Promise<void> =>
    (running ??= round().finally(() => {
      running = undefined
    }))
  const timer = setInterval(() => void now(), options.checkpointMs ?? 1_000)
  return {
    now,
    stop: async () => {
      clearInterval(timer)
      await running
      await now()
    },
  }
}

async function takeRequests(
  log: CheckpointLog,
  { dir, files = systemFiles, onEvent }: CheckpointLogServiceOptions,
): Promise<void> {
  const { found, wrong } = await findRequests(files, dir)
  for (const { name, request } of found) {
    const what = 'add' in request ? request.add : request.retire
    const refused =
      'add' in request ? await log.register(request.add) : await log.retire(request.retire)
    onEvent({
      event: refused === undefined ? 'registered' : 'refused',
      detail: refused ?? `${'add' in request ? 'added' : 'retired'} ${what}`,
    })
    await forgetRequest(files, dir, name)
  }
  for (const { name, why } of wrong) {
    onEvent({ event: 'refused', detail: `${name}: ${why}` })
    await forgetRequest(files, dir, name)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure'
}
