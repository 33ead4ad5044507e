import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveLibrary } from '@whodid/engine'
import { choosePort } from '../../packages/engine/src/write-config.ts'
import { serverXml } from '../../packages/engine/src/server-xml.ts'
import { spawnChild } from '../../packages/engine/src/spawn-child.ts'
import { waitReady } from '../../packages/engine/src/wait-ready.ts'
import { runSql } from './ledger.ts'

/** A ClickHouse server as its operator runs it: its users are those of a file of SQL, and an administrator. */
export interface OperatorEngine {
  readonly url: string
  /** Runs one statement as the administrator; throws with the engine's words when it fails. */
  sql(statement: string): Promise<string>
  stop(): Promise<void>
}

/** The users of the ledger. */
export const operatorUsers = [
  'writer',
  'recorder',
  'reader',
  'eraser',
  'pruner',
  'verifier',
  'migrator',
] as const

const startMsMax = 180_000
const memoryBytesMax = 1_073_741_824
const admin = { username: 'operator', password: 'of the operator' }

/** Starts one on loopback with the users of `clickhouse/users.sql`, whose passwords are filled in. */
export async function startOperatorEngine(usersSql: string): Promise<OperatorEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'whodid-operator-'))
  const httpPort = await choosePort(0)
  const url = `http://127.0.0.1:${httpPort}`
  const configPath = await writeConfig(directory, httpPort, usersXmlOf(usersSql))
  const child = spawnChild(join(directory, 'lock'))
  await child.locked
  child.order({
    library: resolveLibrary(),
    args: [
      `--config-file=${configPath}`,
      `--path=${join(directory, 'data')}`,
      '--structure=line String',
      '--input-format=LineAsString',
      '--query=SYSTEM START LISTEN HTTP; SELECT * FROM table FORMAT Null',
    ],
  })
  const version = await waitReady(url, admin, AbortSignal.timeout(startMsMax))
  if (version === undefined) {
    const log = await readFile(join(directory, 'log', 'engine.log'), 'utf8').catch(() => '')
    child.kill()
    throw new Error(`the engine did not start: ${child.tail()} ${log.slice(-1_000)}`)
  }
  const sql = async (statement: string): Promise<string> => {
    const said = await runSql({ url, ...admin }, statement, {})
    if (said.startsWith('Code: ')) throw new Error(`${statement.slice(0, 200)}: ${said}`)
    return said
  }
  return {
    url,
    sql,
    stop: async () => {
      await child.stop()
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

/** The text of `clickhouse/users.sql` with the passwords that {@link operatorEnvironment} sets. */
export async function operatorUsersSql(): Promise<string> {
  const text = await readFile(new URL('../../clickhouse/users.sql', import.meta.url), 'utf8')
  return text.replaceAll(/<sha256 of the password of whodid_(\w+)>/gu, (_, user: string) =>
    createHash('sha256').update(passwordOf(user)).digest('hex'),
  )
}

/** The settings that an operator makes: the server, and the passwords of these users. */
export function operatorEnvironment(
  { url }: Pick<OperatorEngine, 'url'>,
  users: readonly string[] = operatorUsers,
): Record<string, string> {
  const passwords = users.map((user) => [passwordVariable(user), passwordOf(user)] as const)
  return { CLICKHOUSE_URL: url, ...Object.fromEntries(passwords) }
}

/** The variable of a user's password. */
export function passwordVariable(user: string): string {
  return `WHODID_CLICKHOUSE_${user.toUpperCase()}_PASSWORD`
}

function passwordOf(user: string): string {
  return `password-of-${user}`
}

async function writeConfig(directory: string, httpPort: number, users: string): Promise<string> {
  await mkdir(join(directory, 'log'), { recursive: true })
  const configPath = join(directory, 'config.xml')
  const usersPath = join(directory, 'users.xml')
  const logPath = join(directory, 'log', 'engine.log')
  await writeFile(usersPath, users)
  await writeFile(configPath, serverXml({ httpPort, memoryBytesMax, usersPath, logPath }))
  return configPath
}

/**
 * The same users as a file of XML: the embedded engine has no place for users that are made with SQL. Throws at a statement
 * that it does not understand.
 */
function usersXmlOf(sql: string): string {
  const profiles: string[] = []
  const users = new Map<string, { hash: string; grants: string[]; filters: string[] }>()
  const own = (name = ''): { hash: string; grants: string[]; filters: string[] } => {
    const user = users.get(name) ?? { hash: '', grants: [], filters: [] }
    users.set(name, user)
    return user
  }
  const lines = sql.split('\n').filter((line) => line !== '' && !line.startsWith('--'))
  for (const line of lines) {
    const profile = /^CREATE SETTINGS PROFILE IF NOT EXISTS (\w+)(?: SETTINGS (.*))?;$/u.exec(line)
    const user = /^CREATE USER .* (\w+) IDENTIFIED WITH sha256_hash BY '(\w{64})' .*;$/u.exec(line)
    const grant = /^(GRANT .*) TO (\w+);$/u.exec(line)
    const policy = /^CREATE ROW POLICY .* ON whodid\.(\w+) FOR SELECT USING (.*) TO (\w+);$/u.exec(
      line,
    )
    if (profile !== null) profiles.push(profileXml(profile[1] ?? '', profile[2] ?? ''))
    else if (user !== null) own(user[1]).hash = user[2] ?? ''
    else if (grant !== null) own(grant[2]).grants.push(`<query>${grant[1] ?? ''}</query>`)
    else if (policy !== null)
      own(policy[3]).filters.push(
        `<${policy[1]}><filter>${policy[2] ?? ''}</filter></${policy[1]}>`,
      )
    else throw new Error(`not understood: ${line}`)
  }
  const xml = [...users].map(
    ([name, { hash, grants, filters }]) => `<${name}>
<password_sha256_hex>${hash}</password_sha256_hex><networks><ip>127.0.0.1</ip></networks>
<profile>${name}</profile><quota>default</quota><grants>${grants.join('')}</grants>
<databases><whodid>${filters.join('')}</whodid></databases></${name}>`,
  )
  return `<clickhouse><profiles><default/>${profiles.join('')}</profiles><quotas><default/></quotas>
<users>${adminXml}${xml.join('\n')}</users></clickhouse>`
}

function profileXml(name: string, settings: string): string {
  const values: string[] = []
  const constraints: string[] = []
  for (const setting of settings === '' ? [] : settings.split(', ')) {
    const read = /^(\w+) = '?(.*?)'?(?: MAX (\d+))?( CHANGEABLE_IN_READONLY)?$/u.exec(setting)
    if (read === null) throw new Error(`not understood: ${setting}`)
    const [, key = '', value = '', max, changeable] = read
    values.push(`<${key}>${value}</${key}>`)
    const bounds = `${max === undefined ? '' : `<max>${max}</max>`}${changeable === undefined ? '' : '<changeable_in_readonly/>'}`
    if (bounds !== '') constraints.push(`<${key}>${bounds}</${key}>`)
  }
  return `<${name}>${values.join('')}<constraints>${constraints.join('')}</constraints></${name}>`
}

/** `default` opens the port, as in the embedded engine. */
const adminXml = `<default><password></password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></default>
<${admin.username}><password>${admin.password}</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota><access_management>1</access_management></${admin.username}>
`
