import { spawnSync } from 'node:child_process'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { refusalDetail } from './refusal-detail.ts'
import { guard } from '../runtime.ts'
import { otlpHeaders } from './post-spans.ts'
import type { Runtime } from '../runtime.ts'

/** Records in one request of the last delivery. */
const chunkSpansMax = 2048
/** Least time the helper gets, in milliseconds: a Node process has to start. */
const timeoutMsMin = 1000

/**
 * Reads a line of JSON, then bodies each behind its length in four bytes, and posts them one after the other. Prints the
 * number of the records that were acknowledged and the last status that refused some, or 0. The token comes this way because arguments are visible to every user.
 */
const helperSource = `
const chunks = []
process.stdin.on('data', (chunk) => chunks.push(chunk))
process.stdin.on('end', async () => {
  const all = Buffer.concat(chunks)
  const lineEnd = all.indexOf(10)
  const { url, headers, counts } = JSON.parse(all.subarray(0, lineEnd).toString())
  let at = lineEnd + 1
  let delivered = 0
  let status = 0
  for (const count of counts) {
    const length = all.readUInt32BE(at)
    const body = all.subarray(at + 4, at + 4 + length)
    at += 4 + length
    try {
      const response = await fetch(url, { method: 'POST', headers, body })
      if (response.ok) delivered += count
      else status = response.status
    } catch {}
  }
  process.stdout.write(delivered + ' ' + status)
})
`

/** Delivers what is pending from the `exit` event, where nothing asynchronous runs any more, through a helper process. */
export function deliverLast(runtime: Runtime, reachable: boolean): void {
  const spans = runtime.queue.takePending()
  if (spans.length === 0) return
  const nothing = { delivered: 0, status: 0 }
  const { delivered, status } = reachable ? guard(() => deliver(runtime, spans), nothing) : nothing
  const refusal = { status, contentType: '', body: new Uint8Array() }
  const why = status === 0 ? 'the process ended first' : refusalDetail(refusal, runtime.config)
  runtime.queue.settleTaken(delivered, spans.length - delivered, why)
}

function deliver(
  runtime: Runtime,
  spans: readonly ReadableSpan[],
): { readonly delivered: number; readonly status: number } {
  const { config } = runtime
  const counts: number[] = []
  const parts: Uint8Array[] = []
  for (let start = 0; start < spans.length;) {
    const chunk = runtime.queue.fitting(spans.slice(start, start + chunkSpansMax))
    start += chunk.length
    const body = ProtobufTraceSerializer.serializeRequest(runtime.queue.sealed(chunk))
    if (body === undefined) continue
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.byteLength)
    parts.push(length, body)
    counts.push(chunk.length)
  }
  const header = JSON.stringify({
    url: config.tracesUrl,
    headers: otlpHeaders(config.token),
    counts,
  })
  const helper = spawnSync(process.execPath, ['-e', helperSource], {
    input: Buffer.concat([Buffer.from(`${header}\n`), ...parts]),
    timeout: Math.max(config.exitFlushMs, timeoutMsMin),
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'ignore'],
    env: helperEnvironment(),
  })
  const [delivered = Number.NaN, status = 0] = helper.stdout.toString().split(' ').map(Number)
  return Number.isInteger(delivered) ? { delivered, status } : { delivered: 0, status: 0 }
}

/** Without NODE_OPTIONS, whose hooks would load the application's instrumentation, and perhaps this SDK, again. */
function helperEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { ELECTRON_RUN_AS_NODE: '1' }
  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SystemRoot']) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
