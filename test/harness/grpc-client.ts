import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { ChannelOptions } from '@grpc/grpc-js'
import { token } from './memory-collector.ts'

/** How a call ended. */
export interface GrpcAnswer {
  /** 0 is OK. */
  readonly code: number
  readonly details: string
  readonly body: Buffer
  /** `grpc-status-details-bin`; empty when there is none. */
  readonly statusDetails: Buffer
}

/** What is called; the defaults are the traces' service and the token. */
export interface GrpcCall {
  readonly path?: string
  readonly body: Buffer
  readonly metadata?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** A plain gRPC client: bytes in, bytes out. */
export interface GrpcClient {
  readonly call: (what: GrpcCall) => Promise<GrpcAnswer>
  readonly close: () => void
}

export const tracesPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
export const logsPath = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
export const metricsPath = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'

/** Connects to `host:port`, with no retries of the library's own. */
export function connectGrpc(address: string, options: ChannelOptions = {}): GrpcClient {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  })
  const asItIs = (bytes: Buffer): Buffer => bytes
  return {
    call: ({ path = tracesPath, body, metadata, timeoutMs }) =>
      new Promise((resolve) => {
        const sent = new Metadata()
        const all = metadata ?? { authorization: `Bearer ${token}` }
        for (const [key, value] of Object.entries(all)) sent.set(key, value)
        const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs }
        client.makeUnaryRequest(path, asItIs, asItIs, body, sent, deadline, (error, value) => {
          const details = error?.metadata.get('grpc-status-details-bin')[0]
          resolve({
            code: error?.code ?? 0,
            details: error?.details ?? '',
            body: value ?? Buffer.alloc(0),
            statusDetails: Buffer.isBuffer(details) ? details : Buffer.alloc(0),
          })
        })
      }),
    close: () => client.close(),
  }
}
