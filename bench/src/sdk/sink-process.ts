import { createServer } from 'node:http'
import type { SinkReply } from './start-sink.ts'

/** The program of the sink: takes every request with 200, counts its bytes by the first part of its path; ends with its parent. */
const bytes: Record<string, number> = {}

const server = createServer((request, response) => {
  const side = (request.url ?? '').split('/')[1] ?? ''
  request.on('data', (chunk: Buffer) => {
    bytes[side] = (bytes[side] ?? 0) + chunk.length
  })
  request.on('end', () =>
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
  )
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  reply({ kind: 'listening', url: `http://127.0.0.1:${port}` })
})
process.on('message', () => reply({ kind: 'counted', bytes }))
process.on('disconnect', () => process.exit())

function reply(message: SinkReply): void {
  process.send?.(message)
}
