import { startCollector } from '@whodid/collector'
import type { CollectorMetrics } from '@whodid/collector'
import { createAppender } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'

/** What the collector's process is started with: its only argument, as JSON. */
export interface CollectorSettings {
  readonly logDir: string
  readonly access: StoreAccess
  readonly tokenSha256: string
  /** Where the tree and its keys are kept; undefined seals nothing. */
  readonly sequencer: { readonly treeDir: string; readonly keysDir: string } | undefined
}

/** What it says: where it listens, and its metrics each time it is asked. */
export type CollectorReply =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'metrics'; readonly metrics: CollectorMetrics }

// Its parent is the bench, which writes these settings and no others.
const settings = JSON.parse(process.argv[2] ?? '{}') as CollectorSettings
const appender = createAppender(settings.access)
const everyone = { tenant: 'default', templates: '*', humans: true, services: true } as const
const collector = await startCollector({
  host: '127.0.0.1',
  httpPort: 0,
  logDir: settings.logDir,
  ingestClients: [{ name: 'bench', tokenSha256: settings.tokenSha256, ...everyone }],
  appender,
  sequencer: settings.sequencer,
  onEvent: ({ message }) => {
    process.stderr.write(`collector: ${message}\n`)
  },
})

process.on('message', () => reply({ kind: 'metrics', metrics: collector.metrics() }))
process.on('disconnect', () => {
  void collector
    .stop()
    .then(() => appender.close())
    .finally(() => process.exit())
})
reply({ kind: 'listening', url: collector.url })

function reply(message: CollectorReply): void {
  process.send?.(message)
}
