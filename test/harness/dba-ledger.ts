import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { resolveLibrary, startEngine } from '@whodid/engine'
import type { EngineUser } from '@whodid/engine'
import type { LedgerRecord } from '@whodid/model'
import { createAppender, encodeRecords, migrate } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'

/** A migrated ledger whose administrator has every right that ClickHouse knows, and owns the machine it runs on. */
export interface DbaLedger {
  /** Runs SQL as the administrator; throws with the engine's words when it fails. */
  dba(statement: string): Promise<string>
  access(user: EngineUser): StoreAccess
  /** As the collector does: the writer, with a token. */
  insert(records: readonly LedgerRecord[], token: string): Promise<void>
  stop(): Promise<void>
}

const startMsMax = 120_000
const childPath = fileURLToPath(
  new URL('../../packages/engine/child/engine-child.mjs', import.meta.url),
)

/**
 * Starts one: the engine as Whodid configures it, started again by somebody who put a user of their own into its
 * configuration, and changed it by `edit`.
 */
export async function startDbaLedger(edit = (users: string): string => users): Promise<DbaLedger> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-dba-'))
  const engine = await startEngine({ dataDir })
  await migrate({ url: engine.url, ...engine.users.migrator })
  await engine.stop()
  const directory = join(dataDir, 'engine')
  const users = await readFile(join(directory, 'users.xml'), 'utf8')
  await writeFile(
    join(directory, 'users.xml'),
    edit(users.replace('</users>', `${dbaXml}</users>`)),
  )
  const stopEngine = startChild(directory)
  const dba = (statement: string): Promise<string> => runSql(engine.url, statement)
  await firstAnswer(dba)
  const access = (user: EngineUser): StoreAccess => ({ url: engine.url, ...engine.users[user] })
  const appender = createAppender(access('writer'))
  return {
    dba,
    access,
    insert: (records, token) => appender.append({ blocks: [encodeRecords(records)], token }),
    stop: async () => {
      await appender.close()
      await stopEngine()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const dbaXml = `<dba><password>dba</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota><access_management>1</access_management></dba>`

/** The same process and arguments that the product starts; see `serverArguments` of the engine. */
function startChild(directory: string): () => Promise<void> {
  const child = spawn(process.execPath, [childPath, join(directory, 'lock')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const args = [
    `--config-file=${join(directory, 'config.xml')}`,
    `--path=${join(directory, 'data')}`,
    '--structure=line String',
    '--input-format=LineAsString',
    '--query=SYSTEM START LISTEN HTTP; SELECT * FROM table FORMAT Null',
  ]
  child.stdin.write(`${JSON.stringify({ library: resolveLibrary(), args })}\n`)
  return async () => {
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.stdin.end()
    await ended
  }
}

async function runSql(url: string, statement: string): Promise<string> {
  const settings = new URLSearchParams({
    mutations_sync: '2',
    allow_nondeterministic_mutations: '1',
  })
  const answer = await fetch(`${url}/?${settings.toString()}`, {
    method: 'POST',
    body: statement,
    headers: { 'X-ClickHouse-User': 'dba', 'X-ClickHouse-Key': 'dba' },
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${statement.slice(0, 200)}: ${text.slice(0, 500)}`)
  return text.trim()
}

async function firstAnswer(dba: (statement: string) => Promise<string>): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += 100) {
    const answer = await dba('SELECT 1').catch((thrown: unknown) => thrown)
    if (answer === '1') return
    if (waitedMs > startMsMax) throw new Error('the engine did not answer', { cause: answer })
    await sleep(100)
  }
}
