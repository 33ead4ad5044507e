import type { IncomingMessage } from 'node:http'
import { printableLine, WhodidError, isHostAllowed } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { OtlpEncoding, OtlpSignal } from '../otlp/decode.ts'

/** The packing of a body. zstd and the others that a sender may know are not required by OTLP, and are refused. */
export type BodyPacking = 'identity' | 'gzip' | 'deflate'

/** The properties of a body that the head of its request states. */
export interface RequestHead {
  readonly encoding: OtlpEncoding
  readonly packing: BodyPacking
}

const paths: Readonly<Record<string, OtlpSignal>> = { '/v1/traces': 'spans', '/v1/logs': 'logs' }

const encodings: Readonly<Record<string, OtlpEncoding>> = {
  'application/x-protobuf': 'protobuf',
  'application/json': 'json',
}

const packings: Readonly<Record<string, BodyPacking>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
}

/** Checks path and method: `not_found`, `method_not_allowed`. */
export function parseSignal(request: IncomingMessage): OtlpSignal {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const signal = Object.hasOwn(paths, path) ? paths[path] : undefined
  if (signal === undefined)
    throw new WhodidError(
      'not_found',
      `the path expected /v1/traces or /v1/logs; got "${printableLine(path, 60)}"`,
    )
  if (request.method !== 'POST')
    throw new WhodidError(
      'method_not_allowed',
      `the method expected POST; got ${printableLine(request.method ?? '', 20)}`,
    )
  return signal
}

/** Checks the rest of the head: `unsupported_content_type`, `unsupported_encoding`. */
export function parseHead(request: IncomingMessage): RequestHead {
  const encoding = requestEncoding(request)
  if (encoding === undefined)
    throw new WhodidError(
      'unsupported_content_type',
      `"Content-Type" expected application/x-protobuf or application/json; got "${printableLine(request.headers['content-type'] ?? '', 60)}"`,
    )
  const named = (request.headers['content-encoding'] ?? '').trim().toLowerCase()
  const packing = Object.hasOwn(packings, named) ? packings[named] : undefined
  if (packing === undefined)
    throw new WhodidError(
      'unsupported_encoding',
      `"Content-Encoding" expected gzip, deflate or identity; got "${printableLine(named, 60)}"`,
    )
  return { encoding, packing }
}

/** The encoding that a request's media type names, in any case and with any parameters; undefined when it names none. */
export function requestEncoding(request: IncomingMessage): OtlpEncoding | undefined {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(encodings, type) ? encodings[type] : undefined
}

/**
 * Throws `forbidden` for a request to a name that is not ours: a page of another origin that has its own name point
 * here. A request without a host is not from a browser.
 */
export function checkHost(host: string | undefined, check: HostCheck): void {
  if (host === undefined || host === '' || isHostAllowed(host, check)) return
  throw new WhodidError(
    'forbidden',
    `the host expected a loopback name or one of WHODID_ALLOWED_HOSTS; got "${printableLine(host, 80)}"`,
  )
}
