import { get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { EngineCredentials } from './load-credentials.ts'

const pollMs = 25
const requestMsMax = 5_000
const answerCharactersMax = 1_024

/**
 * Asks the engine for its version until it answers, and returns it; undefined once `signal` is aborted.
 */
export async function waitReady(
  url: string,
  user: EngineCredentials,
  signal: AbortSignal,
): Promise<string | undefined> {
  while (!signal.aborted) {
    const version = await askVersion(url, user, signal)
    if (version !== undefined) return version
    await delay(pollMs)
  }
  return undefined
}

/** Undefined while nothing listens or the answer is no success; the caller's signal bounds how long that may last. */
function askVersion(
  url: string,
  user: EngineCredentials,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = {
    auth: `${user.username}:${user.password}`,
    // No kept-alive connection: the engine would wait for it when it stops.
    agent: false,
    timeout: requestMsMax,
    signal,
  } as const
  return new Promise((resolve) => {
    const fail = (): void => {
      resolve(undefined)
    }
    const request = get(`${url}/?query=${encodeURIComponent('SELECT version()')}`, options)
    request.once('error', fail)
    request.once('timeout', () => request.destroy())
    request.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text = `${text}${part}`.slice(0, answerCharactersMax)
      })
      response.once('error', fail)
      response.once('end', () => {
        resolve(response.statusCode === 200 ? text.trim() : undefined)
      })
    })
  })
}
