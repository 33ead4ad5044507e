// The shop's database server: a process of its own, as databases are. It serves statements on loopback to whoever knows its
// password, and ends when its standard input does, so that it never outlives who started it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { createShopDatabase } from './shop-database.ts'

const statementBytesMax = 65_536

const [dir = ''] = process.argv.slice(2)
const password = process.env['SHOP_PASSWORD'] ?? ''
const database = await createShopDatabase(dir)

const server = createServer((request, response) => {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (password === '' || request.headers.authorization !== `Bearer ${password}`) {
    send(401, { error: 'password authentication failed' })
    return
  }
  readStatement(request)
    .then((sql) => database.query(sql))
    .then(
      (rows) => send(200, { rows }),
      (thrown: unknown) =>
        send(400, { error: thrown instanceof Error ? thrown.message : 'unknown failure' }),
    )
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
process.stdout.write(`${JSON.stringify({ port })}\n`)

process.stdin.resume()
await once(process.stdin, 'end')
server.close()
server.closeAllConnections()
await database.close()

async function readStatement(request: IncomingMessage): Promise<string> {
  const length = Number(request.headers['content-length'] ?? Number.NaN)
  if (!(length <= statementBytesMax))
    throw new Error(`a statement has a content-length of at most ${statementBytesMax} bytes`)
  return text(request)
}
