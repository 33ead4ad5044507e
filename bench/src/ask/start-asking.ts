import { fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine } from '@whodid/engine'
import type { WhoDidAnswer } from '@whodid/model'
import { readUsage } from '../process-usage.ts'
import type { ProcessUsage } from '../process-usage.ts'
import type { ApiReply, ApiSettings } from './api-process.ts'

/** One question, timed. */
export interface Timed {
  readonly ms: number
  readonly statements: number
  readonly rowsRead: number
  readonly bytesRead: number
}

/** One figure of the API's process and one of its engine's. */
export interface OfBoth {
  readonly api: number
  readonly engine: number
}

/** An API in a process of its own, and the ways to it and to the engine, by one HTTP client. */
export interface Asking {
  /** The highest that their memory has been. */
  residentBytesPeaks(): OfBoth
  /** Since they were started. */
  cpuSeconds(): OfBoth
  /** Throws when the answer is no answer. */
  ask(of: string): Promise<Timed>
  /** `SELECT 1`, as the reader that the API is. */
  selectOne(): Promise<number>
  stop(): Promise<void>
}

const timeoutMs = 120_000

/** Starts the API as it ships, before an engine whose seed was stored with the keys in `dataDir`. */
export async function startAsking(engine: Engine, dataDir: string): Promise<Asking> {
  const token = randomBytes(16).toString('hex')
  const { reader, recorder } = engine.users
  const settings: ApiSettings = {
    reader: { url: engine.url, ...reader },
    recorder: { url: engine.url, ...recorder },
    keysDir: join(dataDir, 'keys'),
    tokenSha256: createHash('sha256').update(token).digest('hex'),
  }
  const program = fileURLToPath(new URL('./api-process.js', import.meta.url))
  const child = fork(program, [JSON.stringify(settings)])
  const exited = once(child, 'exit')
  const gone = exited.then(() => {
    throw new Error('the API ended')
  })
  gone.catch(() => undefined)
  // The child sends its address and nothing else.
  const [{ url }] = (await Promise.race([once(child, 'message'), gone])) as [ApiReply]
  const agent = new Agent({ keepAlive: true, maxSockets: 128 })
  const ofBoth = (value: (usage: ProcessUsage) => number): OfBoth => ({
    api: value(readUsage(child.pid ?? 0)),
    engine: value(readUsage(engine.processId)),
  })
  const authorization = { authorization: `Bearer ${token}` }
  const asReader = {
    'X-ClickHouse-User': reader.username,
    'X-ClickHouse-Key': reader.password,
  }
  return {
    residentBytesPeaks: () => ofBoth(({ residentBytesPeak }) => residentBytesPeak),
    cpuSeconds: () => ofBoth(({ cpuSeconds }) => cpuSeconds),
    ask: async (of) => {
      const startedMs = performance.now()
      const asked = `${url}/v1/who-did?of=${encodeURIComponent(of)}`
      const body = await fetchText(asked, { agent, headers: authorization })
      const ms = performance.now() - startedMs
      // The API's own schema stands behind it; the bench measures and does not check.
      const { cost } = JSON.parse(body) as WhoDidAnswer
      const { statements, rows_read: rowsRead, bytes_read: bytesRead } = cost
      return { ms, statements, rowsRead, bytesRead }
    },
    selectOne: async () => {
      const startedMs = performance.now()
      await fetchText(`${engine.url}/?query=SELECT%201`, { agent, headers: asReader })
      return performance.now() - startedMs
    },
    stop: async () => {
      agent.destroy()
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

function fetchText(
  url: string,
  how: { readonly agent: Agent; readonly headers: Readonly<Record<string, string>> },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = get(url, { ...how, timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (answer.statusCode === 200) resolve(text)
        else reject(new Error(`${answer.statusCode ?? 0}: ${text.slice(0, 300)}`))
      })
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${timeoutMs} ms`)))
    outgoing.on('error', reject)
  })
}
