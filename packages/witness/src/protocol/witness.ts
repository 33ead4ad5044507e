import { createHash } from 'node:crypto'
import {
  addSignatures,
  emptyRoot,
  formatSignature,
  parseCheckpoint,
  parseNote,
  ProofError,
  signText,
  verifyConsistency,
  verifyNote,
} from '@whodid/tlog'
import type { Checkpoint, NoteSigner, NoteVerifier } from '@whodid/tlog'
import { parseAddCheckpoint } from './add-checkpoint.ts'
import type { AddCheckpointRequest } from './add-checkpoint.ts'

/** The HTTP answer of a witness. */
interface WitnessReply {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly contentType: string
  readonly body: string
}

/** An event that a witness's operator should know. */
export interface WitnessEvent {
  /** `first`: a log was cosigned for the first time, without a proof; `conflict`: a log signed a checkpoint that does not continue its earlier one. */
  readonly event: 'first' | 'conflict'
  readonly origin: string
  readonly size: number
  readonly detail: string
}

/** The key, state and clock of a witness. */
interface WitnessSetup {
  /** Its key, of kind `cosignature`. */
  readonly signer: NoteSigner
  /** Returns the keys of the logs it knows now; keys of one name belong to one log. */
  readonly logs: () => readonly NoteVerifier[]
  readonly state: WitnessState
  /** Seconds since 1970. */
  readonly nowS: () => number
  readonly onEvent: (event: WitnessEvent) => void
}

/** A witness: it cosigns only checkpoints that continue the ones it has seen. */
export interface Witness {
  /** Answers `POST /add-checkpoint`. Returns a cosignature only when the state is durable. Rejects when the state fails. */
  readonly addCheckpoint: (body: string) => Promise<WitnessReply>
  /** Returns the newest checkpoint it cosigned of a known log, by the SHA-256 of the origin; undefined when there is none. */
  readonly latest: (originHash: string) => Promise<string | undefined>
}

interface Known extends Checkpoint {
  /** The time at which this witness cosigned it, in seconds since 1970; 0 for never. */
  readonly timeS: number
}

/**
 * Makes a witness (C2SP tlog-witness). It checks and stores one checkpoint of a log at a time, so that two requests
 * cannot both continue the same one. Does NOT guard the state against a second witness in another process: `startWitness` does.
 */
export function createWitness(setup: WitnessSetup): Witness {
  const turns = new Map<string, Promise<unknown>>()

  /** Runs `work` when all earlier work for this log has ended, failed work included. */
  const inTurn = <T>(origin: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(origin) ?? Promise.resolve()).then(work, work)
    turns.set(origin, turn)
    return turn
  }

  return {
    addCheckpoint: async (body) => {
      try {
        const request = parseAddCheckpoint(body)
        const { text } = parseNote(request.checkpoint)
        const origin = text.slice(0, text.indexOf('\n'))
        const logKeys = setup.logs().filter(({ name }) => name === origin)
        if (logKeys.length === 0) return reply(404, 'this witness does not know the log')
        verifyNote(request.checkpoint, logKeys)
        const checkpoint = parseCheckpoint(text)
        if (request.oldSize > checkpoint.size)
          return reply(400, `old size ${request.oldSize} is above ${checkpoint.size}`)
        return await inTurn(origin, () => advance(setup, logKeys, { request, checkpoint }))
      } catch (error) {
        if (error instanceof ProofError) return reply(statusOf(error), error.message)
        throw error
      }
    },
    latest: async (originHash) =>
      setup.logs().some(({ name }) => originHashOf(name) === originHash)
        ? setup.state.read(originHash)
        : undefined,
  }
}

/** Checks that the checkpoint continues the newest one, stores it, and only then returns the cosignature. */
async function advance(
  { signer, state, nowS, onEvent }: WitnessSetup,
  logKeys: readonly NoteVerifier[],
  { request, checkpoint }: { request: AddCheckpointRequest; checkpoint: Checkpoint },
): Promise<WitnessReply> {
  const { origin, size } = checkpoint
  const originHash = originHashOf(origin)
  const stored = await state.read(originHash)
  const known =
    stored === undefined ? nothing(origin) : readKnown(stored, [signer.verifier, ...logKeys])
  if (request.oldSize !== known.size)
    return { status: 409, contentType: 'text/x.tlog.size', body: `${known.size}\n` }
  const { text, signatures } = parseNote(request.checkpoint)
  try {
    const { proof } = request
    verifyConsistency({
      from: known.size,
      fromRoot: known.root,
      to: size,
      toRoot: checkpoint.root,
      proof,
    })
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    // The log signed the checkpoint, so both are evidence, even if only the proof is wrong.
    await state.keepConflict(originHash, `${stored ?? ''}\n${request.checkpoint}`)
    onEvent({ event: 'conflict', origin, size, detail: error.message })
    return reply(422, error.message)
  }
  // A clock that is set back must not make a larger tree seem older than a smaller one.
  const line = signText(text, signer, Math.max(nowS(), known.timeS))
  const ofLog = signatures.filter((given) =>
    logKeys.some(({ name, id }) => name === given.name && id === given.id),
  )
  const note = addSignatures(`${text}\n`, [...ofLog.map(formatSignature), line])
  // A crash before the write leaves the old state and no cosignature; after it, the log asks again for the cosignature.
  await state.write(originHash, note)
  if (stored === undefined)
    onEvent({ event: 'first', origin, size, detail: 'nothing was known of this log before' })
  return reply(200, line)
}

/** Reads the stored note. Throws when no trusted key signed it, because a witness with such a state would cosign any checkpoint. */
function readKnown(note: string, keys: readonly NoteVerifier[]): Known {
  const [own] = keys
  const { text, signatures } = verifyState(note, keys)
  const times = signatures.map(({ key, time }) => (key === own ? (time ?? 0) : 0))
  return { ...parseCheckpoint(text), timeS: Math.max(...times) }
}

function verifyState(note: string, keys: readonly NoteVerifier[]): ReturnType<typeof verifyNote> {
  try {
    return verifyNote(note, keys)
  } catch (cause) {
    // Not the request's fault, so no ProofError, which would answer it.
    throw new Error('the state of the witness is damaged', { cause })
  }
}

function nothing(origin: string): Known {
  return { origin, size: 0, root: emptyRoot, timeS: 0 }
}

function statusOf({ code }: ProofError): WitnessReply['status'] {
  if (code === 'unknown_signer' || code === 'invalid_signature') return 403
  return code === 'wrong_root' ? 422 : 400
}

function reply(status: WitnessReply['status'], text: string): WitnessReply {
  const body = text.endsWith('\n') ? text : `${text}\n`
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

/**
 * The stored state of a witness: the newest checkpoint it cosigned of each log, and forks it refused. Files in one directory:
 * `<SHA-256 of the origin>/checkpoint`, and beside it `conflicts/<digest>`. One witness owns the directory and locks it.
 */
export interface WitnessState {
  /** Returns the note that was last written, or undefined before the first. */
  readonly read: (originHash: string) => Promise<string | undefined>
  /** Resolves when the note is durable. When it rejects, the next `read` returns the old note or the new one. */
  readonly write: (originHash: string, note: string) => Promise<void>
  /** Keeps a signed checkpoint without a valid proof as evidence; at most the first 32 for each log. */
  readonly keepConflict: (originHash: string, evidence: string) => Promise<void>
}

/** The name under which a witness keeps and serves a log: SHA-256 of its origin, in hexadecimal (C2SP tlog-witness). */
export function originHashOf(origin: string): string {
  return createHash('sha256').update(origin).digest('hex')
}
