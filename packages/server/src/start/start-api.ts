import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import type { Api, ApiOptions, RunningApi } from '@whodid/api'
import { createConsole } from '@whodid/console'
import { createReadRecorder } from '@whodid/store'
import { openLogTrees } from '@whodid/tlog-posix'
import { hostCheckOf } from '../config/service-config.ts'
import type { LedgerAccess } from '../config/service-config.ts'
import { loadOrCreateExportKey } from '../credentials/export-key.ts'
import type { Tokens } from '../credentials/tokens.ts'
import { followReaders } from './follow-access.ts'
import { listenError } from './start-errors.ts'
import { closing, startParts } from './startup-context.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** Questions of who did it that a ClickHouse of one's own is given at one time: as many as the API has connections to it. */
const ownServerStatementsMax = 32

/** The parts that the API uses beside the configuration. */
export interface ApiDeps extends Required<
  Pick<ApiOptions, 'selector' | 'contents' | 'retention' | 'readiness' | 'metrics'>
> {
  readonly tokens: Tokens
  readonly access: Pick<LedgerAccess, 'recorder'>
  readonly watch: ApiOptions['watch']
}

/** Starts the API with the console in front of it; stopping it ends the open streams first. Throws `invalid_config`, naming the setting of its port. */
export function startApiPart(context: StartupContext, deps: ApiDeps): Promise<Started<RunningApi>> {
  const { onEvent } = context
  onEvent({ event: 'starting', what: 'api' })
  return startParts(onEvent, async (keep) => {
    const readRecorder = keep(closing(createReadRecorder(deps.access.recorder)))
    const tokens = keep(await followReaders(context, deps.tokens))
    const stopping = new AbortController()
    const options = await apiOptions(context, deps)
    const api = createApi({ ...options, readRecorder, tokens, stopping: stopping.signal })
    const { fetch } = createConsole({ api, readers: tokens, hostCheck: options.hostCheck })
    const running = await listen(context, { ...api, fetch })
    const stop = async (): Promise<void> => {
      stopping.abort()
      await running.stop()
    }
    keep({ value: running, stop })
    onEvent({ event: 'api_listening', url: running.url, port: running.port })
    return running
  })
}

async function apiOptions(
  { config, onEvent }: StartupContext,
  { selector, contents, retention, readiness, metrics, watch }: ApiDeps,
): Promise<
  Omit<ApiOptions, 'readRecorder' | 'tokens' | 'stopping'> & Required<Pick<ApiOptions, 'hostCheck'>>
> {
  return {
    selector,
    // The number of cores of a server of one's own is not known here.
    ...(config.ledger === undefined ? {} : { statements: { atOnceMax: ownServerStatementsMax } }),
    contents,
    retention,
    trees: openLogTrees(join(config.dataDir, 'tlog')),
    exports: {
      signer: await loadOrCreateExportKey(config.keysDir),
      witnesses: config.witnesses.map(({ key }) => key.vkey),
      product: 'whodid',
    },
    metaLog: config.metaLog && {
      receiptKey: config.metaLog.key,
      url: config.metaLog.url,
      key: config.metaKey,
    },
    readiness,
    metrics,
    watch,
    rules: { inferRequestUser: config.inferRequestUser },
    hostCheck: hostCheckOf(config),
    onFailure: (requestId, thrown) => {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `request ${requestId} failed: ${why}` })
    },
  }
}

function listen({ config }: StartupContext, api: Api): Promise<RunningApi> {
  const { host, apiPort: port } = config
  return startApi({ api, host, port }).catch((thrown: unknown) => {
    throw listenError(thrown, { what: 'API', variable: 'WHODID_API_PORT', port })
  })
}
