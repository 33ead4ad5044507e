import { createServer } from 'node:net'
import type { Server as NetServer } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { handleUnaryCall, ServiceDefinition } from '@grpc/grpc-js'
import { WhodidError } from '@whodid/model'
import type { CollectorMeter } from '../metrics/collector-meter.ts'
import type { OtlpSignal } from '../otlp/decode.ts'
import { encodeExportResponse } from '../otlp/encode-response.ts'
import { ingest } from '../pipeline.ts'
import type { OtlpRequest } from '../pipeline.ts'
import { authorizationOf, createAdmission, grpcStatus } from './grpc-admission.ts'
import type { ReceiverDeps } from './read-body.ts'

/** An OTLP/gRPC server, not listening yet. */
export interface OtlpGrpcServer {
  /** The listening server; its connections are the gRPC server's. */
  readonly server: NetServer
  /** Takes no more calls, and resolves when those under way are answered. */
  readonly drain: () => Promise<void>
  /** Ends every connection. */
  readonly destroy: () => void
}

const signals: Readonly<Record<string, OtlpSignal>> = {
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'spans',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
}

/** Calls at once on one connection; senders have one or two. */
const streamsPerConnectionMax = 64
/** Milliseconds without a call after which a connection is ended; senders come back by themselves. */
const idleTimeoutMs = 10 * 60_000

/**
 * OTLP/gRPC before the same write path as OTLP/HTTP: messages come to it as bytes, unpacked by the library within
 * `bodyBytesMax`. A call that fails is answered and counted; none ends the process.
 */
export function createOtlpGrpcServer(
  pipeline: ReceiverDeps,
  meter: CollectorMeter,
): OtlpGrpcServer {
  const { limits } = pipeline
  const grpc = new Server({
    interceptors: [createAdmission(pipeline, meter)],
    'grpc.max_receive_message_length': limits.bodyBytesMax,
    'grpc.max_concurrent_streams': streamsPerConnectionMax,
    'grpc.max_connection_idle_ms': idleTimeoutMs,
    'grpc.keepalive_time_ms': limits.keepaliveTimeMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    'grpc.enable_channelz': 0,
  })
  for (const [path, signal] of Object.entries(signals))
    grpc.addService(exportService(path), { export: exportHandler(signal, pipeline, meter) })
  // The connections are ours so that they can be bounded; the library has no bound for them.
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const server = createServer((socket) => injector.injectConnection(socket))
  server.maxConnections = limits.connectionsMax
  server.on('drop', () => meter.connectionDropped())
  return {
    server,
    drain: () =>
      new Promise((resolve) => {
        server.close()
        grpc.tryShutdown(() => resolve())
      }),
    destroy: () => grpc.forceShutdown(),
  }
}

function exportService(path: string): ServiceDefinition {
  const asItCame = (bytes: Buffer): Buffer => bytes
  return {
    export: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asItCame,
      requestDeserialize: asItCame,
      responseSerialize: asItCame,
      responseDeserialize: asItCame,
    },
  }
}

function exportHandler(
  signal: OtlpSignal,
  pipeline: ReceiverDeps,
  meter: CollectorMeter,
): handleUnaryCall<Buffer, Buffer> {
  return (call, answer) => {
    const request: OtlpRequest = {
      signal,
      authorization: authorizationOf(call.metadata),
      receive: () => Promise.resolve(held(call.request, pipeline)),
    }
    ingest(request, pipeline)
      .then((accepted) => {
        meter.accepted(accepted)
        answer(null, encodeExportResponse('protobuf', signal, accepted.rejection))
      })
      .catch((thrown: unknown) => answer(grpcStatus(meter.failed(thrown))))
      .finally(() => meter.requestEnded())
  }
}

/** Counts a message among the bodies in flight. Throws `too_many_requests` when there is no room for it. */
function held(
  bytes: Buffer,
  { room, limits }: ReceiverDeps,
): Awaited<ReturnType<OtlpRequest['receive']>> {
  if (room.bytes + bytes.length > limits.bodyBytesInFlightMax)
    throw new WhodidError(
      'too_many_requests',
      `bodies in flight expected at most ${limits.bodyBytesInFlightMax} bytes; got more`,
    )
  room.bytes += bytes.length
  return {
    encoding: 'protobuf',
    bytes,
    release: () => {
      room.bytes -= bytes.length
    },
  }
}
