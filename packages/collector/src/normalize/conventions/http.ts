import type { Outcome, RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** The verb of a method. A POST may create, change or only ask: the method states only that something was sent. */
const verbOfMethod: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    GET: 'read',
    HEAD: 'read',
    OPTIONS: 'read',
    POST: 'send',
    PUT: 'update',
    PATCH: 'update',
    DELETE: 'delete',
  }),
)

const clientKind = 3

/** An HTTP request as its sender saw it. The server's view of it is no act of the server. */
export const http: Convention = {
  name: 'http',
  speaks: ({ kind, attributes }) => kind === clientKind && method(attributes) !== '',
  ofAgent: () => false,
  kind: () => 'action',
  read: readHttp,
}

function readHttp(telemetry: Telemetry, kind: RecordKind): Claims {
  // A model's endpoint is no resource that a model call acted on.
  if (kind !== 'action' && kind !== 'tool_call') return {}
  return {
    verb: verbOfMethod.get(method(telemetry.attributes).toUpperCase()) ?? 'execute',
    resourceId: firstText(telemetry.attributes, ['url.full', 'http.url']),
    outcome: outcomeOf(telemetry),
  }
}

function method(attributes: Attributes): string {
  return firstText(attributes, ['http.request.method', 'http.method'])
}

function outcomeOf({ statusCode, attributes }: Telemetry): Outcome | '' {
  if (statusCode === 2) return 'failure'
  const status = Number(firstText(attributes, ['http.response.status_code', 'http.status_code']))
  if (status >= 400) return 'failure'
  return status >= 200 ? 'success' : ''
}
