import { normalizeResource, WhodidError } from '@whodid/model'
import { marksOfUserAgent } from '../event/agent-marks.ts'
import { readTraceParent } from '../event/carried-ids.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt } from '../event/json-fields.ts'
import { parseJsonObject } from './parse-json-object.ts'
import type { ReadContext } from './import-format.ts'

/** A request, whichever the form of its line. */
interface LoggedRequest {
  readonly at: string
  readonly method: string
  readonly path: string
  readonly host: string
  readonly status: string
  readonly user: string
  readonly userAgent: string
  readonly traceparent: string
  readonly id: string
}

const verbOfMethod: ReadonlyMap<string, string> = new Map([
  ['GET', 'read'],
  ['HEAD', 'read'],
  ['OPTIONS', 'read'],
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'update'],
  ['DELETE', 'delete'],
])

/**
 * Reads a line of an access log: nginx' `combined`, Envoy's default, or an object of JSON of either with the usual names and, where it is
 * logged, `traceparent`. A line without a host takes the one that the import names as its source (`https://api.acme.example`).
 */
export function readAccessLog(line: string, { source }: ReadContext): ImportedEvent {
  const request = line.startsWith('{')
    ? fromJson(line)
    : line.startsWith('[')
      ? fromEnvoy(line)
      : fromCombined(line)
  const { method, path, host, status, user } = request
  const base = host === '' || host === '-' ? source : `https://${host}`
  return importedEvent({
    id: request.id === '-' ? '' : request.id,
    atUnixNs: readTime(wallTime(request.at), 'time'),
    system: 'http',
    operation: method,
    verb: verbOfMethod.get(method) ?? 'execute',
    outcome: outcomeOf(Number(status)),
    resource: base === '' ? '' : normalizeResource(`${base}${path.split('?', 1)[0] ?? ''}`).id,
    person: user.includes('@') ? user : '',
    principal: user === '-' || user.includes('@') ? '' : user,
    marks: marksOfUserAgent(request.userAgent),
    carried: { ...nothingCarried, ...readTraceParent(request.traceparent) },
  })
}

function fromCombined(line: string): LoggedRequest {
  const [head = '', request = '', status = '', , , userAgent = ''] = line.split('"')
  const open = head.indexOf('[')
  if (open < 0) throw unreadable()
  const [, , user = '-'] = head.slice(0, open).trim().split(' ')
  const at = head.slice(open + 1).split(']', 1)[0] ?? ''
  return { ...requestOf(request), at, host: '', user, userAgent, ...statusOf(status) }
}

function fromEnvoy(line: string): LoggedRequest {
  const quoted = line.split('"')
  const at = (quoted[0] ?? '').slice(1).split(']', 1)[0] ?? ''
  const [, request = '', status = '', , , userAgent = '', , id = '', , host = ''] = quoted
  return { ...requestOf(request), at, host, user: '-', userAgent, ...statusOf(status), id }
}

function fromJson(line: string): LoggedRequest {
  const log = parseJsonObject(line)
  const at = (...names: readonly string[]): string =>
    firstText(...names.map((name) => textAt(log, name)))
  const request = requestOf(at('request'))
  return {
    at: at('time_iso8601', 'start_time', 'time', 'timestamp', 'time_local'),
    method: firstText(at('method', 'request_method'), request.method),
    path: firstText(at('path', 'request_uri', 'uri'), request.path),
    host: at('host', 'authority', 'server_name'),
    status: at('status', 'response_code'),
    user: firstText(at('remote_user', 'user'), '-'),
    userAgent: at('http_user_agent', 'user_agent'),
    traceparent: at('http_traceparent', 'traceparent'),
    id: at('request_id', 'x_request_id'),
  }
}

function requestOf(request: string): Pick<LoggedRequest, 'method' | 'path' | 'traceparent' | 'id'> {
  const [method = '', path = ''] = request.split(' ')
  return { method: method.toUpperCase(), path, traceparent: '', id: '' }
}

function statusOf(part: string): { status: string } {
  return { status: part.trim().split(' ', 1)[0] ?? '' }
}

function outcomeOf(status: number): ImportedEvent['outcome'] {
  if (!(status > 0)) return ''
  if (status === 401 || status === 403) return 'denied'
  return status < 400 ? 'success' : 'failure'
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `27/Nov/2026:14:03:12 +0100` as RFC 3339 has it; other times as they are. */
function wallTime(text: string): string {
  const [day = '', name = '', rest = ''] = text.split('/')
  const month = months.indexOf(name) + 1
  if (month === 0) return text
  const [year = '', ...clock] = rest.split(':')
  return `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${clock.join(':')}`
}

function unreadable(): WhodidError {
  return new WhodidError(
    'invalid_body',
    'the line expected the combined form, Envoy’s or JSON; got something else',
  )
}
