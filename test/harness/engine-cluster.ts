import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveLibrary } from '@whodid/engine'
import type { EngineUser } from '@whodid/engine'
import { clusterStatements, readMigrations } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'
import { choosePort } from '../../packages/engine/src/write-config.ts'
import { spawnChild } from '../../packages/engine/src/spawn-child.ts'
import type { EngineChild } from '../../packages/engine/src/spawn-child.ts'
import { waitReady } from '../../packages/engine/src/wait-ready.ts'
import { nodePasswords, writeNodeConfig } from './node-config.ts'
import type { NodePlace } from './node-config.ts'
import { runSql } from './ledger.ts'

/** An engine process that is one replica of one shard. */
export interface ClusterNode {
  readonly shard: number
  readonly replica: number
  access(user: EngineUser): StoreAccess
  /** Runs SQL as the migrator; the engine's words on success and on refusal. */
  sql(statement: string): Promise<string>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Starts it again on its ports and files. */
  start(): Promise<void>
}

/** Two shards of two replicas, which know each other. */
export interface EngineCluster {
  readonly nodes: readonly ClusterNode[]
  stop(): Promise<void>
}

const places = [
  { shard: 1, replica: 1 },
  { shard: 1, replica: 2 },
  { shard: 2, replica: 1 },
  { shard: 2, replica: 2 },
]
const startMsMax = 180_000

/**
 * Starts four engines on loopback and gives each the cluster's schema. Their tables do not replicate: see
 * `docs/howto/cluster.md` for what the embedded engine refuses. Each insert is sent to both replicas instead.
 */
export async function startEngineCluster(): Promise<EngineCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'whodid-cluster-'))
  const chosen: NodePlace[] = []
  for (const place of places)
    chosen.push({ ...place, httpPort: await choosePort(0), tcpPort: await choosePort(0) })
  const nodes = chosen.map((place, index) => clusterNode(join(dir, `node-${index}`), place, chosen))
  await Promise.all(nodes.map((node) => node.start()))
  const statements = clusterStatements(await readMigrations(), 'MergeTree')
  for (const node of nodes)
    for (const statement of statements) {
      const said = await node.sql(statement)
      if (said !== '') throw new Error(`${statement.slice(0, 80)}: ${said.slice(0, 500)}`)
    }
  return {
    nodes,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.kill()))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function clusterNode(
  directory: string,
  place: NodePlace,
  cluster: readonly NodePlace[],
): ClusterNode {
  const url = `http://127.0.0.1:${place.httpPort}`
  const access = (user: EngineUser): StoreAccess => ({
    url,
    username: `whodid_${user}`,
    password: nodePasswords[user],
  })
  let child: EngineChild | undefined
  return {
    shard: place.shard,
    replica: place.replica,
    access,
    sql: (statement) => runSql(access('migrator'), statement, {}),
    kill: async () => {
      child?.kill()
      await child?.ended
    },
    start: async () => {
      const configPath = await writeNodeConfig(directory, place, cluster)
      child = spawnChild(join(directory, 'lock'))
      await child.locked
      child.order({ library: resolveLibrary(), args: argumentsOf(configPath, directory) })
      const ready = await waitReady(url, access('reader'), AbortSignal.timeout(startMsMax))
      if (ready === undefined) throw new Error(`a node did not start: ${child.tail()}`)
    },
  }
}

function argumentsOf(configPath: string, directory: string): string[] {
  return [
    `--config-file=${configPath}`,
    `--path=${join(directory, 'data')}`,
    '--structure=line String',
    '--input-format=LineAsString',
    '--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT * FROM table FORMAT Null',
  ]
}
