import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as it arrived, with its attributes as plain values. */
export interface SinkSpan {
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  startUnixNs: bigint
  endUnixNs: bigint
  statusCode: number
  statusMessage: string
  attributes: Record<string, unknown>
  resource: Record<string, unknown>
  links: { traceId: string; spanId: string }[]
}

/** How the sink answers. `hang` takes the request and never answers; `partial` takes all but one span. */
export type SinkAnswer =
  | { kind: 'ok' }
  | { kind: 'status'; status: number; retryAfter?: string }
  | { kind: 'partial'; rejectedSpans: number }
  | { kind: 'hang' }

/** A real collector as far as an exporter can see: OTLP/HTTP protobuf in, spans kept, answers as told. */
export interface OtlpSink {
  readonly url: string
  /** Acknowledged spans, in order of arrival. */
  readonly spans: SinkSpan[]
  /** Spans of one request each, whatever was answered. */
  readonly requests: { headers: IncomingMessage['headers']; spans: SinkSpan[] }[]
  answer: SinkAnswer
  /** Called with the spans of a request before it is answered. */
  onSpans: (spans: SinkSpan[]) => void
  stop(): Promise<void>
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const server = createServer((request, response) => {
    void receive(sink, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sink: OtlpSink = {
    // A server that listens on TCP has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    requests: [],
    answer: { kind: 'ok' },
    onSpans: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
  return sink
}

async function receive(
  sink: OtlpSink,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  try {
    // A request without an encoding set gives buffers.
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch {
    return
  }
  const spans = decodeTraces(Buffer.concat(chunks))
  sink.requests.push({ headers: request.headers, spans })
  const { answer } = sink
  if (request.method !== 'POST' || request.url !== '/v1/traces') {
    response.writeHead(404).end()
    return
  }
  if (answer.kind === 'hang') return
  if (answer.kind === 'status') {
    const headers = answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter }
    response.writeHead(answer.status, headers).end()
    return
  }
  sink.onSpans(spans)
  response.setHeader('content-type', 'application/x-protobuf')
  if (answer.kind === 'ok') {
    sink.spans.push(...spans)
    response.end()
    return
  }
  sink.spans.push(...spans.slice(answer.rejectedSpans))
  // ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } }
  response.end(Buffer.from([0x0a, 0x06, 0x08, answer.rejectedSpans, 0x12, 0x02, 0x6e, 0x6f]))
}

/*
 * The few messages of OTLP that matter here, read by field number: an independent reader, so that a mistake of the writer
 * is not undone by the same mistake in reverse.
 */

interface Field {
  number: number
  value: bigint | Buffer
}

function* fields(bytes: Buffer): Generator<Field> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at]
      if (byte === undefined) throw new Error('truncated varint')
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    const wire = tag & 7
    if (wire === 0) yield { number, value: varint() }
    else if (wire === 1) {
      yield { number, value: bytes.readBigUInt64LE(at) }
      at += 8
    } else if (wire === 2) {
      const length = Number(varint())
      yield { number, value: bytes.subarray(at, at + length) }
      at += length
    } else if (wire === 5) {
      yield { number, value: BigInt(bytes.readUInt32LE(at)) }
      at += 4
    } else throw new Error(`unknown wire type ${wire}`)
  }
}

const bytesOf = (value: bigint | Buffer): Buffer =>
  typeof value === 'bigint' ? Buffer.alloc(0) : value

const integerOf = (value: bigint | Buffer): bigint => (typeof value === 'bigint' ? value : 0n)

/** Decodes an ExportTraceServiceRequest. */
function decodeTraces(body: Buffer): SinkSpan[] {
  const spans: SinkSpan[] = []
  for (const resourceSpans of fields(body)) {
    let resource: Record<string, unknown> = {}
    for (const part of fields(bytesOf(resourceSpans.value))) {
      if (part.number === 1) resource = decodeAttributes(bytesOf(part.value), 1)
      if (part.number !== 2) continue
      for (const scoped of fields(bytesOf(part.value)))
        if (scoped.number === 2) spans.push(decodeSpan(bytesOf(scoped.value), resource))
    }
  }
  return spans
}

function decodeSpan(bytes: Buffer, resource: Record<string, unknown>): SinkSpan {
  const span: SinkSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    startUnixNs: 0n,
    endUnixNs: 0n,
    statusCode: 0,
    statusMessage: '',
    attributes: decodeAttributes(bytes, 9),
    resource,
    links: [],
  }
  for (const { number, value } of fields(bytes)) {
    if (number === 1) span.traceId = bytesOf(value).toString('hex')
    if (number === 2) span.spanId = bytesOf(value).toString('hex')
    if (number === 4) span.parentSpanId = bytesOf(value).toString('hex')
    if (number === 5) span.name = bytesOf(value).toString()
    if (number === 7) span.startUnixNs = integerOf(value)
    if (number === 8) span.endUnixNs = integerOf(value)
    if (number === 13) span.links.push(decodeLink(bytesOf(value)))
    if (number !== 15) continue
    for (const part of fields(bytesOf(value))) {
      if (part.number === 2) span.statusMessage = bytesOf(part.value).toString()
      if (part.number === 3) span.statusCode = Number(part.value)
    }
  }
  return span
}

function decodeLink(bytes: Buffer): { traceId: string; spanId: string } {
  const link = { traceId: '', spanId: '' }
  for (const { number, value } of fields(bytes)) {
    if (number === 1) link.traceId = bytesOf(value).toString('hex')
    if (number === 2) link.spanId = bytesOf(value).toString('hex')
  }
  return link
}

function decodeAttributes(bytes: Buffer, fieldNumber: number): Record<string, unknown> {
  const attributes: Record<string, unknown> = {}
  for (const field of fields(bytes)) {
    if (field.number !== fieldNumber) continue
    let key = ''
    let value: unknown
    for (const part of fields(bytesOf(field.value))) {
      if (part.number === 1) key = bytesOf(part.value).toString()
      if (part.number === 2) value = decodeAnyValue(bytesOf(part.value))
    }
    attributes[key] = value
  }
  return attributes
}

function decodeAnyValue(bytes: Buffer): unknown {
  for (const { number, value } of fields(bytes)) {
    if (number === 1) return bytesOf(value).toString()
    if (number === 2) return value === 1n
    if (number === 3) return Number(BigInt.asIntN(64, integerOf(value)))
    if (number === 5)
      return [...fields(bytesOf(value))].map((item) => decodeAnyValue(bytesOf(item.value)))
  }
  return undefined
}
