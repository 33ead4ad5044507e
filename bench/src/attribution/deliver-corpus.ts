import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** A collector whose log is full takes more as soon as its engine has stored some. */
const refusalsMax = 36_000
const refusedDelayMs = 100

/**
 * Sends a corpus to a collector in its order, the collector's clock at each request's, and waits until it is stored. A request is
 * read out of `requests` when the one before is acknowledged, so that they need not all be there at once.
 */
export async function deliverCorpus(
  {
    exporters,
    requests,
  }: Pick<Corpus, 'exporters'> & { readonly requests: Iterable<Omit<CorpusRequest, 'spans'>> },
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
    for (const request of requests) {
      clockNs = request.arriveNs
      await send(`${collector.url}/v1/traces`, request)
    }
    await collector.stored()
  } finally {
    await collector.stop()
    await appender.close()
  }
}

async function send(
  url: string,
  { token, contentType, body }: Omit<CorpusRequest, 'spans'>,
): Promise<void> {
  for (let refusals = 0; ; refusals += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
      body: new Uint8Array(body),
    })
    const answer = await response.text()
    if (response.status === 200) return
    if ((response.status !== 429 && response.status !== 503) || refusals >= refusalsMax)
      throw new Error(`the collector refused: ${answer}`)
    await sleep(refusedDelayMs)
  }
}
