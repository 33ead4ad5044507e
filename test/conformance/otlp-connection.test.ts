import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { spanJson, startMemoryCollector, token } from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'

let collector: MemoryCollector

beforeAll(async () => {
  collector = await startMemoryCollector({ bodyBytesMax: 50_000 })
})

afterAll(() => collector.remove())

/** A connection that bytes are written to as they are. */
interface Wire {
  readonly write: (text: string) => void
  /** The status lines that have come. */
  readonly statuses: () => string[]
  readonly text: () => string
  readonly isClosed: () => boolean
  readonly end: () => void
}

function open(): Wire {
  const socket = connect(collector.port, '127.0.0.1')
  let text = ''
  let isClosed = false
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  socket.on('error', () => {})
  socket.on('close', () => (isClosed = true))
  return {
    write: (part) => socket.write(part),
    statuses: () => [...text.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, status]) => status ?? ''),
    text: () => text,
    isClosed: () => isClosed,
    end: () => socket.destroy(),
  }
}

function head(lines: readonly string[], path = '/v1/traces'): string {
  const all = [`POST ${path} HTTP/1.1`, 'host: x', `authorization: Bearer ${token}`]
  return `${[...all, 'content-type: application/json', ...lines].join('\r\n')}\r\n\r\n`
}

function whole(body: string, path?: string): string {
  return head([`content-length: ${Buffer.byteLength(body)}`], path) + body
}

describe('OTLP/HTTP, on the wire', () => {
  it('one connection serves again and again, after errors too', async () => {
    const wire = open()
    const expected: string[] = []
    for (const [body, path, status] of [
      [spanJson(), '/v1/traces', '200'],
      ['{', '/v1/traces', '400'],
      [spanJson(), '/v1/traces', '200'],
      ['{}', '/v1/metrics', '404'],
      ['{}', '/v1/logs', '200'],
    ] as const) {
      wire.write(whole(body, path))
      expected.push(status)
      await expect.poll(wire.statuses).toEqual(expected)
    }
    expect(wire.isClosed()).toBe(false)
    wire.end()
  })

  it('requests sent one behind the other are answered in order', async () => {
    const wire = open()
    wire.write(whole(spanJson()) + whole('{') + whole(spanJson()) + whole('{}', '/v1/logs'))
    await expect.poll(wire.statuses).toEqual(['200', '400', '200', '200'])
    wire.end()
  })

  it('a body in chunks, byte by byte', async () => {
    const wire = open()
    const logged = collector.metrics().recordsLogged
    wire.write(head(['transfer-encoding: chunked']))
    for (const byte of spanJson()) wire.write(`1\r\n${byte}\r\n`)
    wire.write('0\r\n\r\n')
    await expect.poll(wire.statuses).toEqual(['200'])
    expect(collector.metrics().recordsLogged).toBe(logged + 1)
    wire.end()
  })

  it('Expect: 100-continue is answered first, or refused before a body that is too large', async () => {
    const wire = open()
    const body = spanJson()
    wire.write(head([`content-length: ${body.length}`, 'expect: 100-continue']))
    await expect.poll(wire.statuses).toEqual(['100'])
    wire.write(body)
    await expect.poll(wire.statuses).toEqual(['100', '200'])
    wire.end()
    const large = open()
    large.write(head(['content-length: 60000', 'expect: 100-continue']))
    await expect.poll(large.statuses).toEqual(['413'])
    large.end()
  })

  it('a body shorter than its Content-Length stores nothing', async () => {
    const wire = open()
    const { recordsLogged } = collector.metrics()
    wire.write(head(['content-length: 40000']) + spanJson())
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(1)
    wire.end()
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(0)
    expect(collector.metrics().recordsLogged).toBe(recordsLogged)
  })

  it.each([
    ['a body longer than its Content-Length', `${whole('{}')}trailing\r\n\r\n`],
    ['two lengths', head(['content-length: 2', 'content-length: 5'])],
    ['a length beside chunks', head(['content-length: 2', 'transfer-encoding: chunked'])],
    ['a length that is no number', head(['content-length: two'])],
    ['a chunk that is none', `${head(['transfer-encoding: chunked'])}zz\r\n`],
  ])('%s', async (_, bytes) => {
    const wire = open()
    wire.write(bytes)
    await expect.poll(wire.isClosed).toBe(true)
    expect(wire.statuses()).toEqual(['400'])
  })

  it('a metric is answered with a Status that says where to send what', async () => {
    const wire = open()
    wire.write(whole('{}', '/v1/metrics'))
    await expect.poll(wire.text).toContain('expected /v1/traces or /v1/logs')
    expect(wire.text()).toContain('"code":12')
    wire.end()
  })
})
