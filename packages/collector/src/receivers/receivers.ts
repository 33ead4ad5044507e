import type { Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'
import type { CollectorMeter } from '../metrics/collector-meter.ts'
import { createOtlpGrpcServer } from './otlp-grpc-server.ts'
import type { OtlpGrpcServer } from './otlp-grpc-server.ts'
import { createOtlpHttpServer } from './otlp-http-server.ts'
import type { CredentialDeps } from './credentials-route.ts'

/** The address to listen on. */
export interface ReceiverPorts {
  readonly host: string
  /** 0 takes a free one. */
  readonly httpPort: number
  /** 0 takes a free one; undefined opens no OTLP/gRPC. */
  readonly grpcPort?: number | undefined
}

/** The servers in front of the write path: OTLP/HTTP, and OTLP/gRPC where a port is given. */
export interface Receivers {
  readonly httpPort: number
  readonly grpcPort: number | undefined
  /** Takes no more, answers the requests under way until `deadline` is reached, then ends every connection. */
  readonly close: (deadline: Promise<unknown>) => Promise<void>
}

/** Opens the receivers, all or none. Throws the system's error when a port cannot be used. */
export async function openReceivers(
  { host, httpPort, grpcPort }: ReceiverPorts,
  pipeline: CredentialDeps,
  meter: CollectorMeter,
): Promise<Receivers> {
  const http = createOtlpHttpServer(pipeline, meter)
  const grpc = grpcPort === undefined ? undefined : createOtlpGrpcServer(pipeline, meter)
  const close = (deadline: Promise<unknown>): Promise<void> => closeBoth({ http, grpc }, deadline)
  try {
    return {
      httpPort: await listen(http, host, httpPort),
      grpcPort: grpc && (await listen(grpc.server, host, grpcPort ?? 0)),
      close,
    }
  } catch (thrown) {
    await close(Promise.resolve())
    throw thrown
  }
}

interface Servers {
  readonly http: HttpServer
  readonly grpc: OtlpGrpcServer | undefined
}

/** Milliseconds between two looks for connections that have become idle. */
const idleLookMs = 20

async function closeBoth({ http, grpc }: Servers, deadline: Promise<unknown>): Promise<void> {
  const closed = new Promise((resolve) => http.close(resolve))
  // A connection that was busy at the first look is closed as soon as its answer is out.
  const closing = setInterval(() => http.closeIdleConnections(), idleLookMs)
  await Promise.race([Promise.all([closed, grpc?.drain()]), deadline])
  clearInterval(closing)
  http.closeAllConnections()
  grpc?.destroy()
}

/** Starts listening; resolves with the port, which the system chose when 0 was asked for. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
