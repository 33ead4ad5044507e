import type { IncomingMessage } from 'node:http'
import {
  isInTree,
  parseNote,
  ProofError,
  signText,
  tileCacheControl,
  verifyKeyChange,
} from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { createWitness } from '../protocol/witness.ts'
import type { WitnessEvent } from '../protocol/witness.ts'
import { plainReply, readRequest, serveReplies } from '../service/serve-replies.ts'
import type { Reply, ReplyServer } from '../service/serve-replies.ts'
import { answerWitness } from '../service/start-witness.ts'
import type { CheckpointLog } from './checkpoint-log.ts'
import { systemFiles } from '@whodid/tlog-posix'
import type { FilePort } from '@whodid/tlog-posix'
import { createDirectorySource } from './source.ts'

/** The options of a checkpoint log's HTTP server. */
export interface ServeOptions {
  readonly dir: string
  readonly receipts: NoteSigner
  readonly host?: string
  readonly port?: number
  readonly files?: FilePort
  readonly onEvent: (event: ServeEvent) => void
}

/** The events that the HTTP server reports to the operator. */
type ServeEvent =
  WitnessEvent | { readonly event: 'failed' | 'registered' | 'refused'; readonly detail: string }

/** Serves a checkpoint log over HTTP: a witness's requests, `POST /add-key`, and the C2SP paths of its tree. */
export function serveCheckpointLog(
  options: ServeOptions,
  log: CheckpointLog,
): Promise<ReplyServer> {
  const { dir, files = systemFiles, receipts, host = '127.0.0.1', port = 0, onEvent } = options
  const nowS = (): number => Math.floor(Date.now() / 1000)
  const source = createDirectorySource(dir, files)
  const witness = createWitness({
    signer: receipts,
    logs: () => log.verifiers,
    state: log.state,
    nowS,
    onEvent,
  })
  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const asWitness = await answerWitness(witness, request)
    if (asWitness !== undefined) return asWitness
    if (request.method === 'POST' && request.url === '/add-key') {
      const body = await readRequest(request)
      return typeof body === 'string' ? addKey({ log, receipts, nowS, onEvent }, body) : body
    }
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plainReply(405, 'expected GET')
    const path = (request.url ?? '').slice(1)
    const isNote = path === 'checkpoint' || path === 'cosigned'
    const bytes = isNote || isInTree(path, log.size) ? await source.read(path) : undefined
    if (bytes === undefined) return plainReply(404, 'no such resource')
    return isNote
      ? { status: 200, contentType: 'text/plain; charset=utf-8', body: bytes }
      : {
          status: 200,
          contentType: 'application/octet-stream',
          body: bytes,
          cacheControl: tileCacheControl,
        }
  }
  return serveReplies({
    what: 'meta-log',
    host,
    port,
    answer,
    failureText: 'the meta-log could not write; nothing was taken',
    onFailure: (detail) => onEvent({ event: 'failed', detail }),
  })
}

/** The log, key and clock that record a change of keys. */
interface AddKeyDeps {
  readonly log: Pick<CheckpointLog, 'registry' | 'register'>
  readonly receipts: NoteSigner
  readonly nowS: () => number
  /** Called for each event that an operator should know. */
  readonly onEvent: (event: {
    readonly event: 'registered' | 'refused'
    readonly detail: string
  }) => void
}

/**
 * Answers `POST /add-key`: registers a log's next key by a statement that it and the key before it have signed. The key before it
 * must be the newest one registered, so that an ended key cannot name another. Answers with a signature over the statement once
 * the key is durable; a repeated request is answered too. Rejects when the disk fails.
 */
async function addKey({ log, receipts, nowS, onEvent }: AddKeyDeps, body: string): Promise<Reply> {
  try {
    const { origin, oldVkey, newVkey } = verifyKeyChange(body)
    const known = log.registry.log(origin)
    if (known === undefined) return plainReply(404, 'this meta-log does not know the log')
    const isKnown = known.keys.some(({ vkey }) => vkey === newVkey)
    if (!isKnown && known.keys.at(-1)?.vkey !== oldVkey) {
      const why = `the old key is not the newest one registered of ${origin}`
      onEvent({ event: 'refused', detail: `${why}: ${newVkey} was not added` })
      return plainReply(403, why)
    }
    const refused = await log.register(newVkey)
    if (refused !== undefined) return plainReply(403, refused)
    if (!isKnown) onEvent({ event: 'registered', detail: `added ${newVkey}, named by ${oldVkey}` })
    // After a crash before this line the key is registered; the collector repeats its request.
    return plainReply(200, signText(parseNote(body).text, receipts, nowS()))
  } catch (error) {
    if (!(error instanceof ProofError)) throw error
    const isUnsigned = error.code === 'unknown_signer' || error.code === 'invalid_signature'
    return plainReply(isUnsigned ? 403 : 400, error.message)
  }
}
