import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as it came. */
export interface ReceivedMessage {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server that is told of findings. `/flaky` fails once per message, `/hang` never answers, `/moved` redirects. */
export interface MessageReceiver {
  readonly url: string
  readonly messages: readonly ReceivedMessage[]
  /** The messages that came to a path. */
  readonly to: (path: string) => readonly ReceivedMessage[]
  readonly stop: () => Promise<void>
}

/** Starts a receiver on a free port of this machine. */
export async function startMessageReceiver(): Promise<MessageReceiver> {
  const messages: ReceivedMessage[] = []
  const failed = new Set<string>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      messages.push({ path, headers: request.headers, body })
      const id = String(request.headers['webhook-id'])
      if (path === '/hang') return
      if (path === '/moved') response.writeHead(302, { location: '/redirected' }).end()
      else if (path === '/flaky' && !failed.has(id)) {
        failed.add(id)
        response.writeHead(500).end()
      } else response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    messages,
    to: (path) => messages.filter((message) => message.path === path),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
