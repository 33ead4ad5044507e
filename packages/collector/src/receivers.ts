import type { Server as HttpServer } from 'node:http'
import type { CollectorMeter } from './collector-meter.ts'
import { createOtlpGrpcServer } from './grpc/otlp-grpc-server.ts'
import type { OtlpGrpcServer } from './grpc/otlp-grpc-server.ts'
import { createOtlpServer } from './http/otlp-server.ts'
import { listen } from './listen.ts'
import type { Pipeline } from './pipeline.ts'

/** Where to listen. */
export interface ReceiverPorts {
  readonly host: string
  /** 0 takes a free one. */
  readonly httpPort: number
  /** 0 takes a free one; undefined opens no OTLP/gRPC. */
  readonly grpcPort?: number | undefined
}

/** What takes requests in front of the write path: OTLP/HTTP, and OTLP/gRPC where a port is given. */
export interface Receivers {
  readonly httpPort: number
  readonly grpcPort: number | undefined
  /** Takes no more, answers what is under way until `deadline` is reached, then ends every connection. */
  readonly close: (deadline: Promise<unknown>) => Promise<void>
}

/** Opens the receivers, all or none. Throws the system's error when a port cannot be used. */
export async function openReceivers(
  { host, httpPort, grpcPort }: ReceiverPorts,
  pipeline: Pipeline,
  meter: CollectorMeter,
): Promise<Receivers> {
  const http = createOtlpServer(pipeline, meter)
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
