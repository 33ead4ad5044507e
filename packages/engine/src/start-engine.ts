import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { printableLine, WhodidError } from '@whodid/model'
import { keepEndpoint } from './find-engine.ts'
import { loadCredentials } from './load-credentials.ts'
import type { EngineCredentials, EngineUsers } from './load-credentials.ts'
import { resolveLibrary, spawnChild } from './spawn-child.ts'
import type { EngineChild } from './spawn-child.ts'
import { waitReady } from './wait-ready.ts'
import { writeConfig } from './write-config.ts'

/** A running engine: a ClickHouse server that only this machine can reach. */
export interface Engine {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly users: EngineUsers
  /** ClickHouse's own version, such as `26.7.2.1`. */
  readonly version: string
  readonly processId: number
  /** Resolves when the process has ended, however it ended, with a sentence. */
  readonly exited: Promise<string>
  /**
   * Lets the engine finish and waits until its process is gone; after 15 s it is killed, which loses no finished insert.
   * May be called any number of times.
   */
  stop(): Promise<void>
}

/** The place of the engine's files, and the engine's limits. */
export interface EngineOptions {
  /** Everything of the engine lies under its `engine/`, readable by the owner only. Made when it is not there. */
  readonly dataDir: string
  /** Bytes, default 2 GiB, at least 256 MiB. The engine refuses statements rather than go beyond. */
  readonly memoryBytesMax?: number
  /** Default 0: a free one. */
  readonly httpPort?: number
  /** Milliseconds, default 60,000: loading the parts of a large ledger takes a while. */
  readonly startTimeoutMs?: number
  /** Returns the path of ClickHouse's shared library; by default that of the installed optional dependency. */
  readonly resolveLibrary?: () => string
}

const memoryBytesDefault = 2_147_483_648
const memoryBytesMin = 268_435_456
const startMsDefault = 60_000
const logTailCharacters = 4_096

/**
 * Starts the embedded ClickHouse and resolves when it answers.
 *
 * Listens on 127.0.0.1 only. Passwords are made at the first start and kept in `<dataDir>/engine/credentials.json` (0600);
 * its address is in `<dataDir>/engine/endpoint.json` (0600) while it runs; the log, at most 50 MB, in `<dataDir>/engine/log`. The engine ends with this process, also when that is killed. Throws
 * `engine_unsupported` where it cannot run, `engine_in_use` while another engine holds the directory, `engine_failed`
 * with the end of its log as cause, `invalid_config` for an option out of range. Does NOT create the database, nor
 * restart an engine that ended: watch `exited`.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  checkRange('memoryBytesMax', options.memoryBytesMax, [memoryBytesMin, Number.MAX_SAFE_INTEGER])
  checkRange('httpPort', options.httpPort, [0, 65_535])
  checkRange('startTimeoutMs', options.startTimeoutMs, [1, 3_600_000])
  const library = (options.resolveLibrary ?? resolveLibrary)()
  const directory = join(resolve(options.dataDir), 'engine')
  await mkdir(join(directory, 'log'), { recursive: true, mode: 0o700 })
  const child = spawnChild(join(directory, 'lock'))
  try {
    await child.locked
    return await enter(child, { options, library, directory })
  } catch (thrown) {
    child.kill()
    await child.ended
    throw thrown
  }
}

function checkRange(name: string, value: number | undefined, range: [number, number]): void {
  if (value === undefined) return
  const [lowest, highest] = range
  if (Number.isInteger(value) && value >= lowest && value <= highest) return
  throw new WhodidError(
    'invalid_config',
    `"${name}" expected an integer from ${lowest} to ${highest}; got ${value}`,
  )
}

interface Start {
  readonly options: EngineOptions
  readonly library: string
  readonly directory: string
}

/** From here on the child holds the lock: nobody else writes the credentials or the configuration. */
async function enter(child: EngineChild, start: Start): Promise<Engine> {
  const { options, library, directory } = start
  const users = await loadCredentials(join(directory, 'credentials.json'))
  const { configPath, logPath, httpPort } = await writeConfig(directory, {
    httpPort: options.httpPort ?? 0,
    memoryBytesMax: options.memoryBytesMax ?? memoryBytesDefault,
    users,
  })
  const dataPath = join(directory, 'data')
  await setAsideQueryLog(dataPath)
  child.order({ library, args: serverArguments(configPath, dataPath) })

  const url = `http://127.0.0.1:${httpPort}`
  const startMs = options.startTimeoutMs ?? startMsDefault
  const version = await firstAnswer(child, { url, user: users.reader, startMs, logPath })
  const forget = await keepEndpoint(directory, { url, port: httpPort, reader: users.reader })
  const exited = child.ended.then(async (sentence) => {
    await forget()
    return sentence
  })
  return {
    url,
    users,
    version,
    processId: child.processId,
    exited,
    stop: async () => {
      await child.stop()
      await exited
    },
  }
}

/**
 * Moves the previous run's query log to `<dataPath>/query_log_before`, and deletes the one that lay there.
 *
 * The embedded engine keeps no list of its `system` tables: after a stop it does not know `query_log` any more, and the
 * files it left prevent it from creating the table again. The files are the parts of a MergeTree table, which any
 * ClickHouse can attach; `columns.txt` lists their columns. Precondition: the lock on the data directory.
 */
async function setAsideQueryLog(dataPath: string): Promise<void> {
  const left = join(dataPath, 'data', 'system', 'query_log')
  if (!(await isThere(left))) return
  const aside = join(dataPath, 'query_log_before')
  await rm(aside, { recursive: true, force: true })
  // A crash before this leaves the log where it was, and the next start sets it aside.
  await rename(left, aside)
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

/** The second statement reads standard input until it ends, and so keeps the server up exactly as long. */
function serverArguments(configPath: string, dataPath: string): string[] {
  return [
    `--config-file=${configPath}`,
    `--path=${dataPath}`,
    '--structure=line String',
    '--input-format=LineAsString',
    '--query=SYSTEM START LISTEN HTTP; SELECT * FROM table FORMAT Null',
  ]
}

interface Expected {
  readonly url: string
  readonly user: EngineCredentials
  readonly startMs: number
  readonly logPath: string
}

async function firstAnswer(child: EngineChild, expected: Expected): Promise<string> {
  const giveUp = new AbortController()
  const timer = setTimeout(() => {
    giveUp.abort()
  }, expected.startMs)
  void child.ended.then(() => {
    giveUp.abort()
  })
  try {
    const version = await Promise.race([
      waitReady(expected.url, expected.user, giveUp.signal),
      child.refused,
    ])
    if (version !== undefined) return version
    child.kill()
    throw await startFailure(child, expected)
  } finally {
    clearTimeout(timer)
    giveUp.abort()
  }
}

async function startFailure(child: EngineChild, expected: Expected): Promise<WhodidError> {
  const sentence = await child.ended
  const log = await logTail(expected.logPath)
  return new WhodidError(
    'engine_failed',
    `the engine did not answer within ${expected.startMs} ms: ${printableLine(sentence, 500)}`,
    { cause: new Error(`${child.tail()}\n${log}`.trim()) },
  )
}

async function logTail(logPath: string): Promise<string> {
  try {
    const log = await readFile(logPath, 'utf8')
    return log.slice(-logTailCharacters)
  } catch {
    // It failed before it had a log; its standard error is the evidence.
    return ''
  }
}
