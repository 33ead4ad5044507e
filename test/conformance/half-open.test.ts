import { constants, connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tracesPath } from '../harness/grpc-client.ts'
import {
  sendHttp,
  spanJson,
  spanProtobuf,
  startMemoryCollector,
  token,
} from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'

// A request that stops half-way, and a connection that says nothing, give their places back by themselves: the client keeps its
// side open for as long as the test runs. Each bound is set to a fraction of a second; what its default is says `limits.ts`.

const limits = {
  headersTimeoutMs: 300,
  requestTimeoutMs: 1_500,
  bodyIdleTimeoutMs: 300,
  messageTimeoutMs: 300,
  keepaliveTimeMs: 200,
  keepaliveTimeoutMs: 200,
  requestsInFlightMax: 2,
  discardTimeoutMs: 300,
}

let collector: MemoryCollector

beforeAll(async () => {
  collector = await startMemoryCollector(limits)
})

afterAll(() => collector.remove())

interface Wire {
  readonly socket: Socket
  readonly text: () => string
  readonly isClosed: () => boolean
}

/** A connection whose own side stays open whatever the other does. */
function open(port: number): Wire {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  let isClosed = false
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  socket.on('error', () => {})
  // The other side has ended: whether it has let go is seen when something is sent to it.
  socket.on('end', () => setInterval(() => socket.write('x'), 20).unref())
  socket.on('close', () => (isClosed = true))
  return { socket, text: () => text, isClosed: () => isClosed }
}

const head = (lines: readonly string[]): string =>
  `${['POST /v1/traces HTTP/1.1', 'host: localhost', `authorization: Bearer ${token}`, ...lines].join('\r\n')}`

const json = 'content-type: application/json'

describe('OTLP/HTTP', () => {
  it.each([
    ['a connection that says nothing', ''],
    ['half a request line', 'POST /v1/tra'],
    ['half a head', head([json])],
    ['a body that stands still', `${head([json, 'content-length: 1000'])}\r\n\r\n{"resourceSpans"`],
    ['a body of which nothing comes', `${head([json, 'content-length: 1000'])}\r\n\r\n`],
    ['a chunk that stands still', `${head([json, 'transfer-encoding: chunked'])}\r\n\r\n5\r\n{`],
    [
      'a packed body that stands still',
      `${head([json, 'content-encoding: gzip', 'content-length: 900'])}\r\n\r\n\u001f`,
    ],
    [
      'a body behind a token that is none',
      `POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n${json}\r\ncontent-length: 1000\r\n\r\n{`,
    ],
  ])('%s is let go', async (_, bytes) => {
    const wire = open(collector.port)
    wire.socket.write(bytes, 'latin1')
    await expect.poll(wire.isClosed).toBe(true)
    expect(collector.metrics().requestsInFlight).toBe(0)
  })

  it('a body that comes drop by drop ends with its request’s time', async () => {
    const wire = open(collector.port)
    wire.socket.write(`${head([json, 'content-length: 1000000'])}\r\n\r\n`)
    const dripping = setInterval(() => wire.socket.write('x'), 50)
    await expect.poll(wire.isClosed).toBe(true)
    clearInterval(dripping)
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(0)
  })

  it('as many as there are places, and the next sender is served', async () => {
    const wires = Array.from({ length: limits.requestsInFlightMax }, () => open(collector.port))
    for (const { socket } of wires)
      socket.write(`${head([json, 'content-length: 1000'])}\r\n\r\n{"resourceSpans"`)
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(limits.requestsInFlightMax)
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(0)
    for (const { text } of wires) await expect.poll(() => text()).toContain('429')
    expect((await sendHttp(collector, { body: spanJson() })).status).toBe(200)
    for (const { socket } of wires) socket.destroy()
  })
})

describe('OTLP/gRPC', () => {
  const grpcPort = (): number => collector.grpcPort ?? 0

  it.each([
    ['a connection that says nothing', ''],
    ['half a preface', 'PRI * HTTP/2.0\r\n'],
    ['a preface and nothing behind it', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'settings, and then silence',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000',
    ],
    ['what is no HTTP/2', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('%s is let go', async (_, bytes) => {
    const wire = open(grpcPort())
    wire.socket.write(bytes, 'latin1')
    await expect.poll(wire.isClosed).toBe(true)
  })

  const call = (session: ClientHttp2Session): ReturnType<ClientHttp2Session['request']> => {
    const stream = session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: tracesPath,
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization: `Bearer ${token}`,
      },
      { endStream: false },
    )
    stream.on('error', () => {})
    return stream
  }

  const frame = (message: Buffer): Buffer => {
    const front = Buffer.alloc(5)
    front.writeUInt32BE(message.length, 1)
    return Buffer.concat([front, message])
  }

  it.each([
    ['no message', Buffer.alloc(0)],
    ['half a message', frame(spanProtobuf()).subarray(0, 20)],
    ['a message and no end', frame(spanProtobuf())],
  ])('calls with %s, as many as there are places, are let go', async (_, bytes) => {
    const session = connectHttp2(`http://127.0.0.1:${grpcPort()}`)
    session.on('error', () => {})
    const streams = Array.from({ length: limits.requestsInFlightMax }, () => call(session))
    const statuses: unknown[] = []
    for (const stream of streams) {
      stream.on('response', (headers) => statuses.push(headers['grpc-status']))
      if (bytes.length > 0) stream.write(bytes)
    }
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(limits.requestsInFlightMax)
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(0)
    // UNAVAILABLE: a sender that was only slow comes again.
    await expect.poll(() => statuses).toEqual(streams.map(() => '14'))
    expect((await sendHttp(collector, { body: spanJson() })).status).toBe(200)
    session.destroy()
  })
})
