import { createHash } from 'node:crypto'
import { startCollector } from '@whodid/collector'
import type { ContentKeys } from '@whodid/content'
import type { Corpus, CorpusRequest } from '@whodid/corpus'
import { createAppender } from '@whodid/store'
import type { StoreAccess } from '@whodid/store'

/** Where a corpus is delivered. */
export interface Delivery {
  readonly logDir: string
  readonly writer: StoreAccess
  /** The keys of the subjects whose text it holds. */
  readonly keys: ContentKeys
}

/** Sends a corpus to a collector in its order, the collector's clock at each request's, and waits until it is stored. */
export async function deliverCorpus(
  {
    exporters,
    requests,
  }: Pick<Corpus, 'exporters'> & { readonly requests: readonly Omit<CorpusRequest, 'spans'>[] },
  { logDir, writer, keys }: Delivery,
): Promise<void> {
  const appender = createAppender(writer)
  let clockNs = 0n
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    appender,
    keys,
    ingestClients: exporters.map(
      ({ name, token, templates, humans, services, infrastructure }) => ({
        name,
        tenant: 'default',
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        templates,
        humans,
        services,
        infrastructure,
      }),
    ),
    now: () => clockNs,
  })
  try {
    for (const { token, contentType, body, arriveNs } of requests) {
      clockNs = arriveNs
      const response = await fetch(`${collector.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
        body: new Uint8Array(body),
      })
      const answer = await response.text()
      if (response.status !== 200) throw new Error(`the collector refused: ${answer}`)
    }
    await collector.stored()
  } finally {
    await collector.stop()
    await appender.close()
  }
}
