import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { forEachUser } from '@whodid/engine'
import { ledgerDatabases } from '../../packages/engine/src/grants.ts'
import { serverXml } from '../../packages/engine/src/server-xml.ts'
import { usersXml } from '../../packages/engine/src/users-xml.ts'

/** Which replica of which shard a node is, and where it listens on loopback. */
export interface NodePlace {
  readonly shard: number
  readonly replica: number
  readonly httpPort: number
  readonly tcpPort: number
}

const memoryBytesMax = 1_073_741_824

/** The same on every node. */
export const nodePasswords = forEachUser((user) => `${user}-of-the-cluster`)

/** Writes the configuration of a node that knows all of `cluster`, and returns the path of its `config.xml`. */
export async function writeNodeConfig(
  directory: string,
  { httpPort, tcpPort }: NodePlace,
  cluster: readonly NodePlace[],
): Promise<string> {
  await mkdir(join(directory, 'log'), { recursive: true })
  const usersPath = join(directory, 'users.xml')
  const logPath = join(directory, 'log', 'engine.log')
  const configPath = join(directory, 'config.xml')
  const config = serverXml({ httpPort, memoryBytesMax, usersPath, logPath })
  await writeFile(usersPath, usersXml(nodePasswords, ledgerDatabases))
  const added = `<tcp_port>${tcpPort}</tcp_port>\n${remoteServersXml(cluster)}`
  await writeFile(configPath, config.replace('</clickhouse>', `${added}</clickhouse>`))
  return configPath
}

/** Without replication between them, replicas are each sent every insert. */
function remoteServersXml(cluster: readonly NodePlace[]): string {
  const shard = (number: number): string => {
    const replicas = cluster
      .filter((place) => place.shard === number)
      .map(({ tcpPort }) => `<replica><host>127.0.0.1</host><port>${tcpPort}</port></replica>`)
    return `<shard><internal_replication>false</internal_replication>${replicas.join('')}</shard>`
  }
  return `<remote_servers><whodid><secret>of this test</secret>${shard(1)}${shard(2)}</whodid></remote_servers>\n`
}
