import { createServer } from 'node:net'
import type { ServiceConfig } from '../config.ts'
import type { Check } from './check.ts'
import { bad, good } from './check.ts'

/** Whether each port is Whodid's already, or free for it. */
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
