import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { readServiceConfig, setting } from '../config.ts'
import type { Environment, ServiceConfig } from '../config.ts'
import { createTemporaryDir } from './temporary-dir.ts'

/** The configuration of the demo's Whodid, and what it leaves behind. */
export interface DemoConfig {
  readonly service: ServiceConfig
  /** Removes the data directory, if the demo made it. */
  readonly remove: () => Promise<void>
}

/**
 * The configuration of a service, but with a data directory of its own, made here, unless one is named; and with free ports
 * where the default ones are taken, which `say` is told. Throws `invalid_config`.
 */
export async function readDemoConfig(
  environment: Environment,
  dataDir: string | undefined,
  say: (line: string) => void,
): Promise<DemoConfig> {
  const base = readServiceConfig(environment)
  const service = {
    ...base,
    apiPort: await freePort(
      environment,
      { name: 'WHODID_API_PORT', base, port: base.apiPort },
      say,
    ),
    otlpHttpPort: await freePort(
      environment,
      { name: 'WHODID_OTLP_HTTP_PORT', base, port: base.otlpHttpPort },
      say,
    ),
    otlpGrpcPort: await freePort(
      environment,
      { name: 'WHODID_OTLP_GRPC_PORT', base, port: base.otlpGrpcPort },
      say,
    ),
  }
  const named = dataDir ?? setting(environment, 'WHODID_DATA_DIR')
  const keysDir = setting(environment, 'WHODID_KEYS_DIR')
  const at = (dir: string): ServiceConfig => ({
    ...service,
    dataDir: dir,
    keysDir: keysDir === undefined ? join(dir, 'keys') : service.keysDir,
  })
  if (named !== undefined) return { service: at(resolve(named)), remove: () => Promise.resolve() }
  const made = await createTemporaryDir('whodid-demo-data-')
  return { service: at(made.path), remove: made.remove }
}

async function freePort(
  environment: Environment,
  wanted: { readonly name: string; readonly base: ServiceConfig; readonly port: number },
  say: (line: string) => void,
): Promise<number> {
  const { name, base, port } = wanted
  // A port that was asked for is that or an error.
  if (setting(environment, name) !== undefined || (await isFree(base.host, port))) return port
  say(`Port ${port} is taken; the demo takes a free one (${name} sets another).`)
  return 0
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer()
    probe.once('error', () => {
      settle(false)
    })
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => {
        settle(true)
      })
    })
  })
}
