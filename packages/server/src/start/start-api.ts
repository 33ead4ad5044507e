import { createApi, startApi } from '@whodid/api'
import type { Api, ApiToken, RunningApi } from '@whodid/api'
import { createConsole } from '@whodid/console'
import { join } from 'node:path'
import { createCaseWriter, createPeopleRecorder, openAccessLog } from '@whodid/store'
import { apiOptions, withExchange } from './api-options.ts'
import type { ApiDeps } from './api-options.ts'
import { followListeners, followReaders } from './follow-access.ts'
import { startDetections } from './start-detections.ts'
import { listenError } from './start-errors.ts'
import { startResponses } from './start-responses.ts'
import type { WakeResponses } from './start-responses.ts'
import { closing, startParts } from './startup-context.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** Starts the API with the console in front of it; stopping it ends the open streams first. Throws `invalid_config`, naming the setting of its port. */
export function startApiPart(context: StartupContext, deps: ApiDeps): Promise<Started<RunningApi>> {
  const { onEvent } = context
  onEvent({ event: 'starting', what: 'api' })
  return startParts(onEvent, async (keep) => {
    const readRecorder = keep(
      closing(
        await openAccessLog({
          dir: join(context.config.dataDir, 'reads'),
          access: deps.access.recorder,
          onProblem: (message) => onEvent({ event: 'warning', message }),
        }),
      ),
    )
    const caseWriter = keep(closing(createCaseWriter(deps.access.recorder)))
    const peopleRecorder = keep(closing(createPeopleRecorder(deps.access.recorder)))
    const readers = keep(await followReaders(context, deps.tokens))
    const tenants = (): string[] => readers().map(({ tenant }) => tenant)
    let wake: WakeResponses = () => {}
    const onHits: WakeResponses = (tenant) => wake(tenant)
    const found = keep(await startDetections(context, { ...deps, tenants, onHits }))
    wake = keep(await startResponses(context, { ...deps, ...found, caseWriter }))
    const listeners = keep(await followListeners(context))
    const tokens = (): readonly ApiToken[] => [...readers(), ...listeners()]
    const stopping = new AbortController()
    const options = await apiOptions(context, deps)
    const api = createApi({
      ...options,
      readRecorder,
      caseWriter,
      peopleRecorder,
      ...found,
      tokens,
      stopping: stopping.signal,
    })
    const { fetch } = createConsole({
      api,
      readers,
      hostCheck: options.hostCheck,
      oidc: context.config.oidc,
    })
    const served = withExchange(fetch, deps.exchange, options.hostCheck)
    const running = await listen(context, { ...api, fetch: served })
    const stop = async (): Promise<void> => {
      stopping.abort()
      await running.stop()
    }
    keep({ value: running, stop })
    onEvent({ event: 'api_listening', url: running.url, port: running.port })
    return running
  })
}

function listen({ config }: StartupContext, api: Api): Promise<RunningApi> {
  const { host, apiPort: port } = config
  return startApi({ api, host, port }).catch((thrown: unknown) => {
    throw listenError(thrown, { what: 'API', variable: 'WHODID_API_PORT', port })
  })
}
