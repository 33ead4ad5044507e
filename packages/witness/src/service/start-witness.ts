import type { IncomingMessage } from 'node:http'
import { WhodidError } from '@whodid/model'
import type { NoteSigner, NoteVerifier } from '@whodid/tlog'
import { createWitness } from '../protocol/witness.ts'
import type { Witness, WitnessEvent } from '../protocol/witness.ts'
import { plainReply, readRequest, serveReplies } from './serve-replies.ts'
import type { Reply } from './serve-replies.ts'
import { fileState, lockState } from './witness-state.ts'

/** The options of a witness service. */
export interface WitnessOptions {
  /** Its key, of kind `cosignature`. */
  readonly signer: NoteSigner
  /** The keys of the logs it knows, at least one; keys of one name belong to one log. */
  readonly logs: readonly NoteVerifier[]
  /** The directory of its state. A person who can put an older copy back can make it cosign a fork. */
  readonly stateDir: string
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: a free port. */
  readonly port?: number
  readonly onEvent: (event: WitnessEvent | WitnessFailure) => void
}

/** A request that the witness could not answer: its state could not be read or written. Nothing was cosigned. */
export interface WitnessFailure {
  readonly event: 'failed'
  readonly detail: string
}

/** A witness that answers over HTTP. */
export interface RunningWitness {
  /** Its submission prefix and its monitoring prefix. */
  readonly url: string
  /** Takes no more requests, and resolves when the present ones are answered. */
  readonly stop: () => Promise<void>
}

/**
 * Runs a witness over HTTP (C2SP tlog-witness): `POST /add-checkpoint`, and `GET /<SHA-256 of the origin>/checkpoint` for
 * monitors. At most 64 requests wait; more are answered 503. Throws `invalid_config`, also when it cannot listen on the address.
 *
 * Does NOT speak TLS. Authenticates callers only by their checkpoints' signatures.
 */
export async function startWitness(options: WitnessOptions): Promise<RunningWitness> {
  const { signer, logs, stateDir, host = '127.0.0.1', port = 0, onEvent } = options
  if (signer.verifier.kind !== 'cosignature')
    throw new WhodidError(
      'invalid_config',
      'the key of a witness expected type 4 (cosignature); got type 1',
    )
  const wrong = logs.find(({ kind }) => kind !== 'note')
  if (logs.length === 0 || wrong !== undefined)
    throw new WhodidError(
      'invalid_config',
      `the logs expected at least one key of type 1; got ${wrong === undefined ? 'none' : `"${wrong.vkey}"`}`,
    )
  const unlock = await lockState(stateDir)
  const state = fileState(stateDir)
  const nowS = (): number => Math.floor(Date.now() / 1000)
  const witness = createWitness({ signer, logs: () => logs, state, nowS, onEvent })
  try {
    const server = await serveReplies({
      what: 'witness',
      host,
      port,
      answer: async (request) => (await answerWitness(witness, request)) ?? notFound,
      failureText: 'the witness could not remember; nothing was cosigned',
      onFailure: (detail) => onEvent({ event: 'failed', detail }),
    })
    return {
      url: server.url,
      stop: async () => {
        await server.stop()
        await unlock()
      },
    }
  } catch (thrown) {
    await unlock()
    throw thrown
  }
}

const notFound: Reply = plainReply(404, 'no such resource')

/** Answers a request to a witness (C2SP tlog-witness); returns undefined for every other path. */
export async function answerWitness(
  witness: Witness,
  request: IncomingMessage,
): Promise<Reply | undefined> {
  const path = request.url ?? ''
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return plainReply(405, 'expected POST')
    const body = await readRequest(request)
    return typeof body === 'string' ? witness.addCheckpoint(body) : body
  }
  const originHash = /^\/([0-9a-f]{64})\/checkpoint$/u.exec(path)?.[1]
  if (originHash === undefined) return undefined
  if (request.method !== 'GET' && request.method !== 'HEAD') return plainReply(405, 'expected GET')
  const note = await witness.latest(originHash)
  return note === undefined ? plainReply(404, 'no checkpoint of this log') : plainReply(200, note)
}
