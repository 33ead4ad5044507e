import { basename, dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { printableLine, WhodidError } from '@whodid/model'
import { appendDurably, orUndefined, systemFiles } from '@whodid/tlog-posix'
import type { CommandContext } from '../command.ts'

/** The target of a stream. */
export interface RecordSink {
  /** Resolves with the bytes that the target then holds, once the lines are its own: synced, or acknowledged. */
  readonly write: (lines: string) => Promise<number>
}

/** Milliseconds until an endpoint must have answered. */
const answerTimeoutMs = 30_000
/** Milliseconds of the first and the longest pause before a request is sent again. */
const pauseMs = { first: 500, longest: 30_000 }

/** Opens `-`, a file, or an `http:` or `https:` URL. `keptBytes` is what the position knows of the file. Throws `invalid_parameter`. */
export async function openSink(
  to: string,
  keptBytes: number,
  context: CommandContext,
): Promise<RecordSink> {
  if (to === '-') {
    return {
      write: async (lines) => {
        context.stdout.write(lines)
        return 0
      },
    }
  }
  if (/^https?:\/\//u.test(to)) return openEndpoint(to, context)
  return openFile(resolve(to), keptBytes)
}

async function openFile(path: string, keptBytes: number): Promise<RecordSink> {
  const found = await orUndefined(systemFiles.stat(path))
  const size = found?.size ?? 0
  // Lines behind the position were written by a run that ended before it could keep one: they are cut, and come again. A file
  // that is shorter is another one, which somebody has put in the place of the first: it is written on as it is.
  let end = keptBytes > 0 && size > keptBytes ? keptBytes : size
  let isNamed = found !== undefined
  return {
    write: async (lines) => {
      const bytes = Buffer.from(lines)
      const file = { dir: dirname(path), path: basename(path), keptBytes: end, isNamed }
      await appendDurably(systemFiles, file, bytes)
      isNamed = true
      end += bytes.length
      return end
    },
  }
}

/** Posts lines until they are acknowledged. What cannot become right, such as a 401, ends the stream; nothing is left out. */
function openEndpoint(to: string, { environment, stderr, stopping }: CommandContext): RecordSink {
  const headers = new Headers({ 'content-type': 'application/x-ndjson' })
  const token = environment['WHODID_STREAM_TOKEN'] ?? ''
  if (token !== '') headers.set('authorization', `Bearer ${token}`)
  const post = async (body: string): Promise<string | undefined> => {
    try {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(answerTimeoutMs)])
      // A redirect would carry the records, and maybe the token, to where nobody sent them.
      const answer = await fetch(to, { method: 'POST', headers, body, signal, redirect: 'manual' })
      await answer.body?.cancel()
      if (answer.ok) return undefined
      if (answer.status < 500 && answer.status !== 429 && answer.status !== 408)
        throw new WhodidError(
          'invalid_parameter',
          `"--to" expected an endpoint that takes NDJSON; it answered ${answer.status}`,
        )
      return `it answered ${answer.status}`
    } catch (thrown) {
      if (thrown instanceof WhodidError || stopping.aborted) throw thrown
      return thrown instanceof Error ? thrown.message : 'unknown failure'
    }
  }
  return {
    write: async (lines) => {
      let pause = pauseMs.first
      for (let failure = await post(lines); failure !== undefined; failure = await post(lines)) {
        if (pause === pauseMs.first)
          stderr.write(
            `${printableLine(`the endpoint does not take records: ${failure}; trying again`, 300)}\n`,
          )
        await sleep(pause, undefined, { signal: stopping })
        pause = Math.min(pause * 2, pauseMs.longest)
      }
      return 0
    },
  }
}
