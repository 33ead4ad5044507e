import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEngine } from '@whodid/engine'
import { createSql, engineTarget } from './contender.ts'
import type { Contender } from './contender.ts'
import { freePort } from './free-port.ts'
import { otelcolProgram } from './otelcol-program.ts'
import { otelcolYaml } from './otelcol-yaml.ts'
import type { OtelcolSettings } from './otelcol-yaml.ts'
import { untilAnswers } from './until-answers.ts'

/** Twice what Whodid's engine has: the peer's inserts of several consumers at once need more, and that must not be what holds it back. */
const memoryBytesMax = 4 * 1024 ** 3

/** Starts an engine of the same build and the OpenTelemetry Collector before it; its exporter makes its own tables. */
export async function startOtelcol(dataDir: string, settings: OtelcolSettings): Promise<Contender> {
  const engine = await startEngine({ dataDir, memoryBytesMax })
  const port = await freePort()
  const configPath = join(dataDir, 'otelcol.yaml')
  const places = {
    port,
    engineUrl: engine.url,
    ...engine.users.migrator,
    queueDir: join(dataDir, 'queue'),
  }
  await writeFile(configPath, otelcolYaml(settings, places), { mode: 0o600 })
  const child = spawn(otelcolProgram, ['--config', configPath], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const end = (): void => void child.kill('SIGKILL')
  // A bench that is killed by a signal it can see leaves no collector.
  process.once('exit', end)
  const target = {
    url: `http://127.0.0.1:${port}/v1/traces`,
    headers: { 'content-type': 'application/x-protobuf' },
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
    process.off('exit', end)
    await engine.stop()
  }
  await untilAnswers(target).catch(async (thrown: unknown) => {
    await stop()
    throw thrown
  })
  return {
    target,
    probe: {
      target: engineTarget(engine),
      sql: 'SELECT concat(TraceId, SpanId) FROM whodid.otel_traces WHERE TraceId IN [{traces}] AND SpanId IN [{spans}] FORMAT TSV',
    },
    collectorProcessId: child.pid ?? 0,
    engine,
    sql: createSql(engine),
    spansTable: 'otel_traces',
    logBytes: undefined,
    treeDir: undefined,
    stop,
  }
}
