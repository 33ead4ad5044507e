import { isObject } from './json-value.ts'

/** The ID of a request: a text and a number are different IDs. */
export type MessageId = string | number

/** One message of JSON-RPC, as far as a proxy looks into it. */
export type Message =
  | {
      readonly kind: 'request'
      readonly id: MessageId
      readonly method: string
      readonly params: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'notification'
      readonly method: string
      readonly params: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'response'
      readonly id: MessageId
      readonly result: unknown
      readonly error: unknown
    }

/** A message that is to be answered. */
export type Request = Message & { readonly kind: 'request' }

/** UTF-16 units of an ID that is compared; a call under a longer one passes unrecorded. */
const idLengthMax = 1_024

/** Reads a parsed value as a message; undefined where it is none. */
export function readMessage(value: unknown): Message | undefined {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return undefined
  const { id, method, params } = value
  const given = isObject(params) ? params : {}
  if (typeof method === 'string') {
    if (isId(id)) return { kind: 'request', id, method, params: given }
    return id === undefined ? { kind: 'notification', method, params: given } : undefined
  }
  if (!isId(id) || !('result' in value || 'error' in value)) return undefined
  return { kind: 'response', id, result: value['result'], error: value['error'] }
}

function isId(id: unknown): id is MessageId {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= idLengthMax)
}
