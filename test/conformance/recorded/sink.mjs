// Records what exporters send: node sink.mjs <directory>. It says where it listens, and writes each message, unpacked, as
// <transport>-<signal>.bin. The first call of each is told to come again, so that what is recorded was sent twice.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js'

const directory = process.argv[2]
mkdirSync(directory, { recursive: true })
const refused = new Set()

/** Whether a message is taken: not at the first time. */
function take(name, bytes) {
  if (!refused.has(name)) {
    refused.add(name)
    return false
  }
  writeFileSync(join(directory, `${name}.bin`), bytes)
  return true
}

const http = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const isPacked = request.headers['content-encoding'] === 'gzip'
    const taken = take(`http-${request.url.split('/').at(-1)}`, isPacked ? gunzipSync(body) : body)
    response.writeHead(taken ? 200 : 503, {
      'content-type': 'application/x-protobuf',
      ...(taken ? {} : { 'retry-after': '1' }),
    })
    response.end()
  })
})

const grpc = new Server()
const asItCame = (bytes) => bytes
for (const [service, signal] of [
  ['trace.v1.TraceService', 'traces'],
  ['logs.v1.LogsService', 'logs'],
])
  grpc.addService(
    {
      export: {
        path: `/opentelemetry.proto.collector.${service}/Export`,
        requestStream: false,
        responseStream: false,
        requestSerialize: asItCame,
        requestDeserialize: asItCame,
        responseSerialize: asItCame,
        responseDeserialize: asItCame,
      },
    },
    {
      export: ({ request }, answer) => {
        if (take(`grpc-${signal}`, request)) answer(null, Buffer.alloc(0))
        else answer({ code: 14, details: 'come again', metadata: new Metadata() })
      },
    },
  )

http.listen(0, '127.0.0.1', () =>
  grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, port) =>
    console.log(`http://127.0.0.1:${http.address().port} http://127.0.0.1:${port}`),
  ),
)
