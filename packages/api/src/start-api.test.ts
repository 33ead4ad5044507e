import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startApi } from './start-api.ts'
import type { RunningApi } from './start-api.ts'

let running: RunningApi[] = []
afterEach(async () => {
  await Promise.all(running.map((api) => api.stop()))
  running = []
})

async function start(fetch: (request: Request) => Response): Promise<RunningApi> {
  const counts = () => ({ unauthenticated: 0, forbidden: 0 })
  const api = await startApi({ api: { fetch, counts }, host: '127.0.0.1', port: 0 })
  running.push(api)
  return api
}

function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (answer += text))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

test('listens on a free port and stops twice without harm', async () => {
  const api = await start(() => new Response('ok'))
  expect(api.url).toBe(`http://127.0.0.1:${api.port}`)
  expect(await (await fetch(api.url)).text()).toBe('ok')
  await Promise.all([api.stop(), api.stop()])
  await expect(fetch(api.url)).rejects.toThrow()
})

test('a port that is taken is named', async () => {
  const { port } = await start(() => new Response('ok'))
  const counts = () => ({ unauthenticated: 0, forbidden: 0 })
  const second = startApi({
    api: { fetch: () => new Response(''), counts },
    host: '127.0.0.1',
    port,
  })
  await expect(second).rejects.toMatchObject({
    code: 'invalid_config',
    message: `the API cannot listen on 127.0.0.1:${port}: another process listens there`,
  })
})

test('what is not HTTP, or too long a request, is a problem and not a crash', async () => {
  const { port, url } = await start(() => new Response('ok'))
  const garbage = await exchange(port, 'NOT HTTP\r\n\r\n')
  expect(garbage).toMatch(/^HTTP\/1\.1 400 /u)
  expect(garbage).toContain('"code":"invalid_parameter"')
  const long = await exchange(port, `GET /?of=${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
  expect(long).toMatch(/^HTTP\/1\.1 400 /u)
  expect(long).toContain('at most 65536 bytes')
  expect((await fetch(url)).status).toBe(200)
})

test.each([
  ['a connection that says nothing', ''],
  ['half a head', 'GET / HTTP/1.1\r\nHost: x\r\n'],
  ['a body that stands still', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'],
])('%s is let go, and so is what read it, when the client never closes', async (_, bytes) => {
  let readingCount = 0
  const counts = () => ({ unauthenticated: 0, forbidden: 0 })
  const read = async (request: Request): Promise<Response> => {
    readingCount += 1
    const text = await request.text().finally(() => (readingCount -= 1))
    return new Response(text)
  }
  const api = await startApi({
    api: { fetch: read, counts },
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 200,
  })
  running.push(api)
  const socket = connect({ port: api.port, host: '127.0.0.1', allowHalfOpen: true })
  let isClosed = false
  socket.on('error', () => {})
  socket.on('close', () => (isClosed = true))
  socket.on('end', () => setInterval(() => socket.write('x'), 20).unref())
  socket.resume()
  socket.write(bytes)
  await expect.poll(() => isClosed).toBe(true)
  await expect.poll(() => readingCount).toBe(0)
})
