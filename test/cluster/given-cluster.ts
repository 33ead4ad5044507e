import { randomBytes, createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { forEachUser } from '@whodid/engine'
import type { EngineUser } from '@whodid/engine'
import { clusterStatements, readMigrations } from '@whodid/store'
import type { ShardEngine, StoreAccess } from '@whodid/store'
import { runSql } from '../harness/ledger.ts'
import { readSource } from '../tidy/source.ts'

/** A server of the cluster that the operator gave. */
export interface GivenNode {
  readonly url: string
  /** Its macro `shard`; the URL's place where it has none. */
  readonly shard: string
  readonly access: (user: EngineUser) => StoreAccess
  /** Runs SQL as the administrator; throws what the server refused. */
  readonly sql: (statement: string) => Promise<string>
}

/** What the operator gave, by the environment. */
export interface GivenCluster {
  readonly nodes: readonly GivenNode[]
  /** The node that may be lost, and the commands that stop and start it; undefined where none was named. */
  readonly victim: { readonly node: GivenNode; stop(): void; start(): void } | undefined
  readonly engine: ShardEngine
  /** Drops what {@link openGivenCluster} made. */
  drop(): Promise<void>
}

const databases = ['whodid', 'whodid_shard']

/**
 * Opens a cluster of one's own, `WHODID_CLUSTER_URLS`, and runs the schema and the users on every node, as docs/howto/cluster.md says.
 * Throws where a node has one of the databases already: this is no test for a ledger with records.
 */
export async function openGivenCluster(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GivenCluster> {
  const given = readGiven(environment)
  const { urls, admin, engine } = given
  const passwords = given.passwords ?? forEachUser(() => randomBytes(24).toString('hex'))
  const nodes = await Promise.all(
    urls.map((url, place) => openNode(url, { place, admin, passwords })),
  )
  for (const { url, sql } of nodes) {
    const there = await sql(
      `SELECT name FROM system.databases WHERE name IN ('${databases.join("','")}') FORMAT TSV`,
    )
    if (there !== '')
      throw new Error(`${url} expected neither whodid nor whodid_shard; it has ${there.trim()}`)
  }
  const statements = clusterStatements(await readMigrations(), engine)
  for (const { sql } of nodes) {
    for (const statement of statements) await sql(statement)
    if (given.passwords === undefined) await makeUsers(sql, passwords)
  }
  const drop = async (): Promise<void> => {
    for (const { sql } of nodes) {
      for (const database of databases) await sql(`DROP DATABASE IF EXISTS ${database} SYNC`)
      if (given.passwords === undefined) await dropUsers(sql)
    }
  }
  return { nodes, engine, victim: victimOf(given, nodes), drop }
}

interface Given {
  readonly urls: readonly string[]
  readonly admin: { readonly username: string; readonly password: string }
  readonly engine: ShardEngine
  /** The users' passwords, where they are there already; otherwise they are made. */
  readonly passwords: Readonly<Record<EngineUser, string>> | undefined
  readonly victimUrl: string | undefined
  readonly stop: string
  readonly start: string
}

function readGiven(environment: Readonly<Record<string, string | undefined>>): Given {
  const of = (name: string): string => environment[`WHODID_CLUSTER_${name}`] ?? ''
  const urls = of('URLS')
    .split(',')
    .filter((url) => url !== '')
  if (urls.length < 2)
    throw new Error('WHODID_CLUSTER_URLS expected two URLs or more, with commas between them')
  const users = of('USER_PASSWORDS')
  const [stop, start, victimUrl] = [of('STOP'), of('START'), of('VICTIM')]
  if ((stop === '') !== (start === '') || (stop === '') !== (victimUrl === ''))
    throw new Error(
      'WHODID_CLUSTER_VICTIM, WHODID_CLUSTER_STOP and WHODID_CLUSTER_START expected each other',
    )
  return {
    urls,
    admin: { username: of('USER') || 'default', password: of('PASSWORD') },
    engine: of('ENGINE') === 'MergeTree' ? 'MergeTree' : 'ReplicatedMergeTree',
    passwords:
      users === ''
        ? undefined
        : forEachUser((user) => String(Reflect.get(Object(JSON.parse(users)), user))),
    victimUrl: victimUrl === '' ? undefined : victimUrl,
    stop,
    start,
  }
}

async function openNode(
  url: string,
  {
    place,
    admin,
    passwords,
  }: Pick<Given, 'admin'> & {
    readonly place: number
    readonly passwords: Readonly<Record<EngineUser, string>>
  },
): Promise<GivenNode> {
  const sql = async (statement: string): Promise<string> => {
    const said = await runSql({ url, ...admin }, statement, {})
    if (/^Code: \d+\./u.test(said)) throw new Error(`${url}: ${said.slice(0, 400)}`)
    return said
  }
  const macro = await sql("SELECT substitution FROM system.macros WHERE macro = 'shard' FORMAT TSV")
  return {
    url,
    shard: macro.trim() === '' ? `${Math.floor(place / 2)}` : macro.trim(),
    access: (user) => ({ url, username: `whodid_${user}`, password: passwords[user] }),
    sql,
  }
}

async function makeUsers(
  sql: GivenNode['sql'],
  passwords: Readonly<Record<EngineUser, string>>,
): Promise<void> {
  await dropUsers(sql)
  const filled = readSource('clickhouse/cluster/users.sql').text.replace(
    /<sha256 of the password of whodid_([a-z]+)>/gu,
    (_, user: string) =>
      createHash('sha256')
        .update(String(Reflect.get(passwords, user)))
        .digest('hex'),
  )
  // A statement a line; a test of the file holds that.
  const lines = filled.split('\n').filter((line) => line !== '' && !line.startsWith('--'))
  for (const line of lines) await sql(line.replace(/;$/u, ''))
}

async function dropUsers(sql: GivenNode['sql']): Promise<void> {
  for (const user of Object.values(forEachUser((name) => name)))
    await sql(`DROP USER IF EXISTS whodid_${user}`)
}

function victimOf(
  { victimUrl, stop, start }: Given,
  nodes: readonly GivenNode[],
): GivenCluster['victim'] {
  if (victimUrl === undefined) return undefined
  const node = nodes.find(({ url }) => url === victimUrl)
  if (node === undefined)
    throw new Error(`WHODID_CLUSTER_VICTIM expected one of WHODID_CLUSTER_URLS; got ${victimUrl}`)
  return { node, stop: () => runCommand(stop), start: () => runCommand(start) }
}

function runCommand(command: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command}: exit code ${status}: ${stderr}`)
}
