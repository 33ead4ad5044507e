import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import { ContentKeys, createContentReader } from '@whodid/content'
import { createSelector, openAccessLog } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'

/** What the API's process is started with: its only argument, as JSON. */
export interface ApiSettings {
  readonly reader: StoreAccess
  readonly recorder: StoreAccess
  readonly tokenSha256: string
  /** Where the collector that stored the seed keeps its keys. */
  readonly keysDir: string
}

/** What it says, once. */
export interface ApiReply {
  readonly url: string
}

// Its parent is the bench, which writes these settings and no others.
const settings = JSON.parse(process.argv[2] ?? '{}') as ApiSettings
const selector = createSelector(settings.reader)
const readRecorder = await openAccessLog({
  dir: join(settings.keysDir, '../reads'),
  access: settings.recorder,
})
const token = { name: 'bench', role: 'investigator', tenant: 'default' } as const
const running = await startApi({
  api: createApi({
    selector,
    contents: createContentReader(await ContentKeys.open(settings.keysDir), () => 0n),
    readRecorder,
    tokens: () => [{ ...token, sha256: settings.tokenSha256 }],
    readiness: () => Promise.resolve([]),
    onFailure: (_, thrown) => {
      process.stderr.write(`api: ${thrown instanceof Error ? thrown.message : 'unknown failure'}\n`)
    },
  }),
  host: '127.0.0.1',
  port: 0,
})
const reply: ApiReply = { url: running.url }
process.send?.(reply)
process.on('disconnect', () => {
  void running
    .stop()
    .then(() => readRecorder.close())
    .finally(() => process.exit())
})
