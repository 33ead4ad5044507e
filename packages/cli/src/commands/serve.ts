import { createPalette, usesColor } from '@whodid/client'
import { fullDiskError, startWhodid } from '@whodid/server'
import type { ServiceEvent } from '@whodid/server'
import { isLoopback, readServiceConfig } from '@whodid/server/config'
import type { ServiceConfig } from '@whodid/server/config'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { serviceScreen } from './service-screen.ts'

/** `whodid serve`: engine, collector and API, until a signal. */
export const serveCommand: Command = {
  name: 'serve',
  help: `Usage: whodid serve [--json]

Runs Whodid: the embedded ClickHouse, the collector and the API, all on this machine's loopback address. SIGTERM or ^C
drains and ends it; a second one ends it at once, which loses nothing that was acknowledged.

  --json   one JSON object a line on standard output for each thing that happens: {"event":"ready",…}

Environment, with defaults; docs/howto/configuration.md lists every setting:
  WHODID_CONFIG                    a JSON file of settings; a variable goes before it
  WHODID_DATA_DIR=.whodid          tokens, the collector's log, the ledger
  WHODID_HOST=127.0.0.1            another address opens Whodid to the network
  WHODID_ALLOWED_HOSTS             names beside loopback ones that requests may be sent to, by commas
  WHODID_API_PORT=4320             0 takes a free one
  WHODID_OTLP_HTTP_PORT=4318       0 takes a free one
  WHODID_OTLP_GRPC_PORT=4317       0 takes a free one
  WHODID_RETAIN_TEXT_DAYS          days that text is kept; default indefinitely
  WHODID_RETAIN_RECORD_DAYS        days that records are kept, by whole months; default indefinitely
  WHODID_INFER_REQUEST_USER=on     off: a request's user is not taken for the delegator of the agent that serves it
  WHODID_MEMORY_BYTES_MAX          memory of the embedded ClickHouse, default 2 GiB
  CLICKHOUSE_URL                   a ClickHouse of your own instead, with
  WHODID_CLICKHOUSE_{WRITER,READER,MIGRATOR,RECORDER,ERASER,PRUNER,VERIFIER}_PASSWORD`,
  run: serve,
}

const startingWords = {
  engine: 'Starting ClickHouse…',
  migrations: 'Bringing the schema up to date…',
  collector: 'Starting the collector…',
  api: 'Starting the API…',
} as const

/** A start-up step that takes longer than this says what it is. */
const progressAfterMs = 2_000

async function serve(context: CommandContext): Promise<number> {
  const { args, environment, stdout, stderr, stopping } = context
  const typed = parseArguments(
    args,
    { json: { type: 'boolean' } },
    { min: 0, max: 0, what: 'no argument' },
  )
  const config = readServiceConfig(environment)
  warnOfOpenHost(config, (line) => stderr.write(line))
  const show = typed.flag('json')
    ? (event: ServiceEvent) => stdout.write(`${JSON.stringify(event)}\n`)
    : createScreen(context)
  const running = await startWhodid(config, show).catch((thrown: unknown) => {
    throw fullDiskError(thrown, config.dataDir)
  })
  if (!stopping.aborted)
    await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }))
  await running.stop()
  return 0
}

function warnOfOpenHost({ host }: ServiceConfig, say: (line: string) => void): void {
  if (isLoopback(host)) return
  say(
    `whodid: warning: WHODID_HOST=${host} opens Whodid to the network, unencrypted: put TLS in front of it.\n`,
  )
}

/** Shows events to a person: what takes long, what goes wrong, and the screen when all is ready. */
function createScreen({ stderr, environment }: CommandContext): (event: ServiceEvent) => void {
  const palette = createPalette(usesColor(stderr.isTerminal, environment))
  let progress: NodeJS.Timeout | undefined
  return (event) => {
    if (event.event !== 'warning') clearTimeout(progress)
    switch (event.event) {
      case 'starting':
        progress = setTimeout(() => stderr.write(`${startingWords[event.what]}\n`), progressAfterMs)
        break
      case 'ready':
        stderr.write(
          serviceScreen(
            {
              apiUrl: event.api_url,
              otlpUrl: event.otlp_url,
              otlpGrpcUrl: event.otlp_grpc_url,
              engineUrl: event.engine_url,
              dataDir: event.data_dir,
            },
            palette,
          ),
        )
        break
      case 'migrated':
        if (event.applied.length > 0)
          stderr.write(`Schema: ${event.applied.length} migrations applied.\n`)
        break
      case 'warning':
        stderr.write(`${palette.yellow('whodid: warning:')} ${event.message}\n`)
        break
      case 'engine_exited':
        stderr.write(
          `${palette.red('whodid: CLICKHOUSE STOPPED:')} ${event.message}\n  Spans are still taken and kept; questions wait. Starting it again…\n`,
        )
        break
      case 'engine_restarted':
        stderr.write('whodid: ClickHouse is back.\n')
        break
      case 'access_changed':
        stderr.write(`whodid: the ${event.what} have changed: ${event.count} are named now.\n`)
        break
      case 'stopping':
        progress = setTimeout(() => stderr.write('Storing what is on its way…\n'), progressAfterMs)
        break
      case 'engine_started':
      case 'collector_listening':
      case 'api_listening':
        break
      case 'stopped':
        stderr.write('Whodid has stopped.\n')
        break
    }
  }
}
