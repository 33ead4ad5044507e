import type { Act } from './act.ts'
import type { ExporterName } from './corpus-exporter.ts'
import type { Scene } from './scene.ts'
import { milliseconds, spanRefOf } from './sim-span.ts'
import type { Attributes, SimSpan } from './sim-span.ts'
import type { Lacking } from './truth.ts'

/** A span of an instrumentation that knows nothing of Whodid. */
export interface ForeignOptions {
  readonly form: 'database' | 'http' | 'server' | 'framework'
  readonly by?: ExporterName
  readonly afterMs?: number
  readonly extra?: Attributes
  readonly service?: string
  readonly scope?: string
  /** OTLP's status code. Default: 1, OK. */
  readonly status?: number
}

/** Records a span under another one; it acts on a table or a URL of its own, or only stands in between. */
export function foreignSpan(
  scene: Scene,
  under: Pick<SimSpan, 'traceId' | 'spanId' | 'startNs'>,
  options: ForeignOptions,
): SimSpan {
  const startNs = under.startNs + milliseconds(options.afterMs ?? 3)
  const form = forms[options.form](scene.chance.hex(8))
  const span: SimSpan = {
    traceId: under.traceId,
    spanId: scene.chance.hex(16),
    parentId: under.spanId,
    name: form.name,
    kind: form.kind,
    startNs,
    endNs: startNs + milliseconds(5),
    status: options.status ?? 1,
    scope: options.scope ?? form.scope,
    attributes: { ...form.attributes, ...options.extra },
    resource: { 'service.name': options.service ?? 'orders-service' },
  }
  return scene.emit(span, options.by ?? 'mesh')
}

/** Registers a foreign span as an act, done by whoever did `source`, on the way by which it was reached. */
export function foreignAct(
  scene: Scene,
  span: SimSpan,
  of: { readonly source: Act; readonly between?: readonly SimSpan[]; readonly lacking?: Lacking },
): Act {
  const between = (of.between ?? []).map(spanRefOf)
  return scene.act({
    span,
    subjects: [spanRefOf(span)],
    names: namesOf(span.attributes),
    verb: 'update',
    outcome: 'success',
    truth: {
      ...of.source.truth,
      chain: [...of.source.truth.chain, ...between, spanRefOf(span)],
    },
    lacking: of.lacking ?? {},
  })
}

interface Form {
  readonly name: string
  readonly kind: number
  readonly scope: string
  readonly attributes: Attributes
}

const forms: Readonly<Record<ForeignOptions['form'], (unique: string) => Form>> = {
  database: (unique) => ({
    name: 'pg.query:UPDATE shop',
    kind: 3,
    scope: '@opentelemetry/instrumentation-pg',
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': 'UPDATE',
      'db.namespace': 'shop',
      'db.collection.name': `orders_${unique}`,
      'db.query.text': 'UPDATE orders SET state = $1 WHERE id = $2',
    },
  }),
  http: (unique) => ({
    name: 'PUT',
    kind: 3,
    scope: '@opentelemetry/instrumentation-http',
    attributes: {
      'http.request.method': 'PUT',
      'http.response.status_code': 200,
      'url.full': `https://api.acme.example/orders/${unique}`,
    },
  }),
  server: () => ({
    name: 'PUT /orders/:id',
    kind: 2,
    scope: '@opentelemetry/instrumentation-http',
    attributes: { 'http.request.method': 'PUT', 'http.route': '/orders/:id' },
  }),
  framework: () => ({
    name: 'RunnableSequence',
    kind: 1,
    scope: 'openinference.instrumentation.langchain',
    attributes: { 'openinference.span.kind': 'CHAIN' },
  }),
}

function namesOf(attributes: Attributes): Act['names'] {
  const url = attributes['url.full']
  if (typeof url === 'string') return { resource: url }
  const table = attributes['db.collection.name']
  return typeof table === 'string' ? { resource: `db:table:shop/${table}` } : {}
}
