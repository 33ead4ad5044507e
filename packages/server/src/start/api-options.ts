import { join } from 'node:path'
import type { Api, ApiOptions, RegistryService, RevocationService } from '@whodid/api'
import { type HostCheck, isHostAllowed } from '@whodid/model'
import { openLogTrees } from '@whodid/tlog-posix'
import { hostCheckOf } from '../config/service-config.ts'
import type { LedgerAccess } from '../config/read-ledger.ts'
import { loadOrCreateExportKey } from '../credentials/export-key.ts'
import type { Tokens } from '../credentials/tokens.ts'
import type { StartupContext } from './startup-context.ts'

/** Questions of who did it that a ClickHouse of one's own is given at one time: as many as the API has connections to it. */
const ownServerStatementsMax = 32

/** The parts that the API uses beside the configuration. */
export interface ApiDeps extends Required<
  Pick<
    ApiOptions,
    | 'selector'
    | 'contents'
    | 'retention'
    | 'losses'
    | 'revocations'
    | 'registry'
    | 'takeImported'
    | 'readiness'
    | 'metrics'
  >
> {
  readonly tokens: Tokens
  readonly revocations: RevocationService
  readonly registry: RegistryService
  /** Answers a request for the exchange of tokens; undefined for any other. */
  readonly exchange: (request: Request) => Promise<Response> | undefined
  readonly access: Pick<LedgerAccess, 'recorder'>
  readonly watch: ApiOptions['watch']
}

/** Makes the options of the API, those aside that it shares with nothing else. Throws `invalid_config` for an unusable export key. */
export async function apiOptions(
  { config, wrapping, onEvent }: StartupContext,
  deps: ApiDeps,
): Promise<
  Omit<ApiOptions, 'readRecorder' | 'peopleRecorder' | 'tokens' | 'stopping'> &
    Required<Pick<ApiOptions, 'hostCheck'>>
> {
  const { selector, contents, retention, losses, revocations, registry } = deps
  const { takeImported, readiness, metrics, watch } = deps
  return {
    selector,
    // The number of cores of a server of one's own is not known here.
    ...(config.ledger === undefined ? {} : { statements: { atOnceMax: ownServerStatementsMax } }),
    contents,
    retention,
    losses,
    revocations,
    registry,
    takeImported,
    trees: openLogTrees(join(config.dataDir, 'tlog')),
    exports: {
      signer: await loadOrCreateExportKey(config.keysDir, wrapping),
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

/** Puts the exchange of tokens before the console and the API, for the names that they answer to. */
export function withExchange(
  fetch: Api['fetch'],
  exchange: ApiDeps['exchange'],
  hostCheck: HostCheck,
): Api['fetch'] {
  return (request, env) => {
    const isAllowed = isHostAllowed(new URL(request.url).host, hostCheck)
    return (isAllowed ? exchange(request) : undefined) ?? fetch(request, env)
  }
}
