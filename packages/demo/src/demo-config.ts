import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { readServiceConfig, readSettings } from '@whodid/server/config'
import type { Environment, ServiceConfig, Settings } from '@whodid/server/config'
import { createTemporaryDir } from './temporary-dir.ts'

/** The configuration of the demo's Whodid, and the removal of its data. */
export interface DemoConfig {
  readonly service: ServiceConfig
  /** Removes the data directory, if the demo made it. */
  readonly remove: () => Promise<void>
}

/**
 * The configuration of a service, but with a data directory of its own, made here, unless one is named; and with free ports
 * where the default ones are taken, which `say` reports. Throws `invalid_config`.
 */
export async function readDemoConfig(
  environment: Environment,
  dataDir: string | undefined,
  say: (line: string) => void,
): Promise<DemoConfig> {
  const settings = readSettings(environment)
  const base = readServiceConfig(environment)
  const pick = (key: PortKey, port: number): Promise<number> =>
    freePort(settings, { key, port, host: base.host }, say)
  const service = {
    ...base,
    apiPort: await pick('api_port', base.apiPort),
    otlpHttpPort: await pick('otlp_http_port', base.otlpHttpPort),
    otlpGrpcPort: await pick('otlp_grpc_port', base.otlpGrpcPort),
  }
  const named = dataDir ?? settings.value('data_dir')
  const hasKeysDir = settings.value('keys_dir') !== undefined
  const at = (dir: string): ServiceConfig => ({
    ...service,
    dataDir: dir,
    keysDir: hasKeysDir ? service.keysDir : join(dir, 'keys'),
  })
  if (named !== undefined) return { service: at(resolve(named)), remove: () => Promise.resolve() }
  const made = await createTemporaryDir('whodid-demo-data-')
  return { service: at(made.path), remove: made.remove }
}

type PortKey = 'api_port' | 'otlp_http_port' | 'otlp_grpc_port'

async function freePort(
  settings: Settings,
  wanted: { readonly key: PortKey; readonly port: number; readonly host: string },
  say: (line: string) => void,
): Promise<number> {
  const { key, port, host } = wanted
  // A port that was asked for is that or an error.
  if (settings.value(key) !== undefined || (await isFree(host, port))) return port
  say(`Port ${port} is taken; the demo takes a free one (${settings.nameOf(key)} sets another).`)
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
