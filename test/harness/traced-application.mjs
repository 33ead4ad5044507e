// A service as people write it: its own OpenTelemetry with its own back end, a route, a database and another service. One agent
// works in the route. Plain JavaScript in a process of its own, because instrumentations change modules as they are loaded.
import { createServer as createTcpServer } from 'node:net'
import { createRequire } from 'node:module'
import { once } from 'node:events'
import { PGlite } from '@electric-sql/pglite'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { api, core, NodeSDK, tracing } from '@opentelemetry/sdk-node'
import {
  agent,
  prompt,
  shutdown,
  start,
  tool,
  whodidSampler,
  whodidSpanProcessor,
} from '@whodid/sdk'

const { context, ROOT_CONTEXT, trace } = api
const { AlwaysOnSampler, BatchSpanProcessor, TraceIdRatioBasedSampler } = tracing
const samples = process.env['APPLICATION_SAMPLES'] !== 'none'
const backEnd = new OTLPTraceExporter({ url: `${process.env['BACK_END']}/v1/traces` })
const telemetry = new NodeSDK({
  serviceName: 'shop',
  sampler: whodidSampler(samples ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(0)),
  spanProcessors: [whodidSpanProcessor(), new BatchSpanProcessor(backEnd)],
  instrumentations: [
    new HttpInstrumentation(),
    new PgInstrumentation(),
    new UndiciInstrumentation(),
  ],
})
telemetry.start()
start({ serviceName: 'shop' })

const require = createRequire(import.meta.url)
const http = require('node:http')
const { Client } = require('pg')

const database = await PGlite.create()
await database.exec('CREATE TABLE orders (id int PRIMARY KEY, state text)')
await database.exec("INSERT INTO orders VALUES (41, 'open'), (42, 'open')")

/** Postgres's protocol on a socket, in front of the embedded database. */
const postgres = createTcpServer((socket) => {
  let isGreeted = false
  socket.on('data', (bytes) => {
    // SSLRequest, which comes before anything else: no.
    if (!isGreeted && bytes.length === 8) return void socket.write('N')
    isGreeted = true
    void database.execProtocolRaw(bytes).then((answer) => socket.write(answer))
  })
}).listen(0, '127.0.0.1')
await once(postgres, 'listening')

const warehouse = http
  .createServer((request, response) => response.end(request.headers['traceparent']))
  .listen(0, '127.0.0.1')
await once(warehouse, 'listening')
const warehouseUrl = `http://127.0.0.1:${warehouse.address().port}/stock/42?token=ghp_${'a1B2'.repeat(9)}`

const client = new Client({
  host: '127.0.0.1',
  port: postgres.address().port,
  user: 'postgres',
  database: 'shop',
})
await client.connect()

const shop = http
  .createServer((request, response) => {
    const traceId = trace.getActiveSpan()?.spanContext().traceId
    void serve().then((told) => response.end(JSON.stringify({ ...told, traceId })))
  })
  .listen(0, '127.0.0.1')
await once(shop, 'listening')

async function serve() {
  return agent({ template: 'order-clerk', onBehalfOf: 'dev@acme.example' }, async (run) => {
    await prompt('Cancel order 42', { origin: 'human' })
    await tool('cancel_order', { verb: 'delete', resource: 'shop:order:42' }, async () => {
      await client.query('DELETE FROM orders WHERE id = $1', [42])
      await trace.getTracer('shop').startActiveSpan('notify', async (span) => {
        await tool('notify', { verb: 'read' }, () =>
          fetch(warehouseUrl).then((answer) => answer.text()),
        )
        span.end()
      })
    })
    return { instance: run.id, runTraceId: run.traceId }
  })
}

// The caller is somebody else, who traces nothing.
const asked = context.with(core.suppressTracing(ROOT_CONTEXT), () =>
  http.request({ port: shop.address().port, path: '/ask', method: 'POST' }).end('cancel 42'),
)
const [response] = await once(asked, 'response')
let body = ''
for await (const chunk of response) body += chunk
await client.query('SELECT id, state FROM orders')
await client.end()
for (const server of [shop, warehouse, postgres]) server.close()
await database.close()
const isWhole = await shutdown()
await telemetry.shutdown()
console.log(JSON.stringify({ ...JSON.parse(body), isWhole }))
process.exit(0)
