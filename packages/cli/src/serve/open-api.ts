import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import type { ApiOptions, RunningApi } from '@whodid/api'
import { createReadRecorder } from '@whodid/store'
import type { Selector } from '@whodid/store'
import { openLogTrees } from '@whodid/tlog-posix'
import { hostCheckOf } from '../config.ts'
import type { LedgerAccess } from '../config.ts'
import { followReaders } from './follow-readers.ts'
import { listenError } from './listen-error.ts'
import { openExports } from './open-exports.ts'
import type { Starting } from './starting.ts'

/** Questions of who did it that a ClickHouse of one's own is given at one time: as many as the API has connections to it. */
const ownServerStatementsMax = 32

/** What the API stands on. */
export interface ApiGround {
  readonly tokens: Parameters<typeof followReaders>[1]
  readonly access: LedgerAccess
  readonly selector: Selector
  readonly contents: ApiOptions['contents']
  readonly custodian: NonNullable<ApiOptions['retention']>
  readonly readiness: () => Promise<readonly string[]>
  readonly metrics: NonNullable<ApiOptions['metrics']>
  readonly watch: ApiOptions['watch']
}

/** Starts the API; stopping it ends the open streams first. Throws `invalid_config`, naming the variable of its port. */
export async function openApi(starting: Starting, ground: ApiGround): Promise<RunningApi> {
  const { config, onEvent, stops } = starting
  onEvent({ event: 'starting', what: 'api' })
  const readRecorder = createReadRecorder(ground.access.recorder)
  stops.push(() => readRecorder.close())
  const stopping = new AbortController()
  const api = createApi({
    selector: ground.selector,
    // How many cores a server of one's own has is not known here.
    ...(config.ledger === undefined ? {} : { statements: { atOnceMax: ownServerStatementsMax } }),
    contents: ground.contents,
    retention: ground.custodian,
    readRecorder,
    trees: openLogTrees(join(config.dataDir, 'tlog')),
    exports: await openExports(config),
    metaLog: config.metaLog && {
      receiptKey: config.metaLog.key,
      url: config.metaLog.url,
      key: config.metaKey,
    },
    tokens: await followReaders(starting, ground.tokens),
    readiness: ground.readiness,
    metrics: ground.metrics,
    watch: ground.watch,
    rules: { inferRequestUser: config.inferRequestUser },
    hostCheck: hostCheckOf(config),
    stopping: stopping.signal,
    onFailure: (requestId, thrown) => {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `request ${requestId} failed: ${why}` })
    },
  })
  const running = await startApi({ api, host: config.host, port: config.apiPort }).catch(
    (thrown: unknown) => {
      throw listenError(thrown, { what: 'API', variable: 'WHODID_API_PORT', port: config.apiPort })
    },
  )
  stops.push(async () => {
    stopping.abort()
    await running.stop()
  })
  onEvent({ event: 'api_listening', url: running.url, port: running.port })
  return running
}
