import { importRequest, readImport } from '@whodid/reconcile'
import type { LogOfRecords } from './grafana-ledger.ts'

interface OtlpAttribute {
  readonly key: string
  readonly value: {
    readonly stringValue?: string
    readonly arrayValue?: { readonly values: readonly { readonly stringValue: string }[] }
  }
}

/** The request that an import sends to the collector, as far as it is read here. */
interface ImportSent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string
        readonly spanId: string
        readonly attributes: readonly OtlpAttribute[]
      }[]
    }[]
  }[]
}

/** Adds the record that an import makes of an event of GitHub's audit log, for a tenant. */
export function addImported(
  log: LogOfRecords,
  atMs: number,
  { tenant = 'acme', ...event }: Readonly<Record<string, string>>,
): void {
  const source = { format: 'github-audit', source: 'acme' } as const
  const body = JSON.stringify({ ...event, '@timestamp': atMs })
  const { events } = readImport({ ...source, items: [{ line: 1, body }] })
  // Sound: what importRequest makes, whose own tests hold its form.
  const { resourceSpans } = importRequest({ ...source, events }).request as ImportSent
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans))
  for (const { traceId, spanId, attributes } of spans) {
    const values = attributes.map(({ key, value: { stringValue, arrayValue } }) => [
      key,
      stringValue ?? arrayValue?.values.map((one) => one.stringValue),
    ])
    log.add(atMs, '', {
      tenant,
      exporter: 'import/admin',
      channel: 'imported',
      traceIdHex: traceId,
      spanIdHex: spanId,
      attributes: JSON.stringify(Object.fromEntries(values)),
    })
  }
}
