import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { ServiceConfig } from '../config/service-config.ts'

/** The result of one check. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** The remedy; null where all is well. */
  readonly advice: string | null
}

/** A check that found all well. */
export function good(name: string, found: string): Check {
  return { name, state: 'ok', found, advice: null }
}

/** A check that found a fault. */
export function bad(name: string, found: string, advice: string): Check {
  return { name, state: 'fail', found, advice }
}

/** A check that found a doubt. */
export function doubtful(name: string, found: string, advice: string): Check {
  return { name, state: 'warn', found, advice }
}

const nodeRequired = [20, 19] as const
const diskBytesWarn = 5_000_000_000
const diskBytesFail = 500_000_000

/** Checks the version of Node. */
export function nodeCheck(): Check {
  const version = process.versions.node
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = nodeRequired
  const isNew = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  if (isNew) return good('node', `version ${version}`)
  return bad('node', `version ${version}`, `Use Node ${nodeRequired.join('.')} or newer.`)
}

/** Checks the free space of the data directory's disk. */
export async function diskCheck({ dataDir }: ServiceConfig): Promise<Check> {
  const disk = await statfs(dataDir).catch(() => statfs(process.cwd()))
  const freeBytes = disk.bavail * disk.bsize
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free`
  if (freeBytes < diskBytesFail) return bad('disk', found, 'Make room: spans will be refused.')
  return freeBytes < diskBytesWarn
    ? doubtful('disk', found, 'Plan for more room.')
    : good('disk', found)
}

/** Checks that each port is free, or served by Whodid. */
export async function portChecks(config: ServiceConfig, isUp: boolean): Promise<Check[]> {
  const ports = [
    { name: 'API port', port: config.apiPort, variable: 'WHODID_API_PORT' },
    { name: 'OTLP port', port: config.otlpHttpPort, variable: 'WHODID_OTLP_HTTP_PORT' },
    { name: 'OTLP/gRPC port', port: config.otlpGrpcPort, variable: 'WHODID_OTLP_GRPC_PORT' },
  ]
  return Promise.all(
    ports.map(async ({ name, port, variable }) => {
      if (port === 0) return good(name, 'a free one will be taken')
      if (isUp) return good(name, `${port}, served by Whodid`)
      if (await isFree(config.host, port)) return good(name, `${port} is free`)
      return bad(name, `${port} is taken by another process`, `End it, or set ${variable}.`)
    }),
  )
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
