import type { Claims, ExchangeRequest } from '@whodid/identity'
import { issuerLimits } from './issuer-limits.ts'
import { RefusedExchange } from './refused-exchange.ts'

const tokenType = 'urn:ietf:params:oauth:token-type:'
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** Types of a token that both say a signed token: RFC 8693, section 3. */
const tokenTypes = [`${tokenType}access_token`, `${tokenType}jwt`]

/** A request as it was read, before any token of it is looked at. */
export interface ReadExchange extends ExchangeRequest {
  readonly scopes: readonly string[]
  /** The actor that the draft for agents on behalf of users names; undefined where the request does not. */
  readonly requestedActor: string | undefined
}

/** Reads the form `text` of a request to the endpoint at `url`. Throws {@link RefusedExchange}. */
export function readExchange(request: Request, text: string, url: string): ReadExchange {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded')
    throw malformed('the body expected application/x-www-form-urlencoded')
  const form = readForm(text)
  if (form.get('grant_type') !== grantType)
    throw new RefusedExchange('unsupported_grant_type', {
      reason: 'unsupported_grant_type',
      message: `"grant_type" expected ${grantType}`,
    })
  const proof = request.headers.get('dpop')
  // Two headers come as one, with a comma between, which no proof has.
  if (proof === null || proof.includes(','))
    throw new RefusedExchange('invalid_dpop_proof', {
      reason: 'missing_proof',
      message: 'the header "DPoP" expected one proof by the key of the instance',
    })
  checkType('subject_token_type', required(form, 'subject_token_type'))
  checkType('actor_token_type', required(form, 'actor_token_type'))
  checkType('requested_token_type', form.get('requested_token_type') ?? tokenTypes[0] ?? '')
  return {
    subjectToken: required(form, 'subject_token'),
    actorToken: required(form, 'actor_token'),
    proof,
    method: request.method,
    url,
    audience: targetOf(form),
    scopes: scopesOf(form),
    details: detailsOf(form),
    requestedActor: form.get('requested_actor'),
  }
}

/** Reads the body of a request. Throws {@link RefusedExchange} beyond its bound, and what the connection throws. */
export async function readBody(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // A web stream of a request gives its chunks as bytes.
  const body = request.body as AsyncIterable<Uint8Array> | null
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > issuerLimits.bodyBytesMax)
      throw new RefusedExchange('invalid_request', {
        reason: 'body_too_large',
        message: `the body expected at most ${issuerLimits.bodyBytesMax} bytes`,
        status: 413,
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The parameters, each once: of two of one name, one side would read the first and another the last. */
function readForm(text: string): ReadonlyMap<string, string> {
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) throw malformed('a parameter was given twice')
    form.set(name, value)
    if (form.size > issuerLimits.parametersMax)
      throw malformed(`expected at most ${issuerLimits.parametersMax} parameters`)
  }
  return form
}

function required(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name)
  if (value === undefined || value === '') throw malformed(`"${name}" expected a value`)
  return value
}

function checkType(name: string, type: string): void {
  if (!tokenTypes.includes(type)) throw malformed(`"${name}" expected ${tokenTypes.join(' or ')}`)
}

/** The one target: `resource` (RFC 8707) or `audience` (RFC 8693), or both if they are the same. */
function targetOf(form: ReadonlyMap<string, string>): string {
  const targets = new Set(
    ['resource', 'audience'].flatMap((name) => form.get(name) ?? []).filter((each) => each !== ''),
  )
  const [target] = targets
  if (target !== undefined && targets.size === 1) return target
  throw new RefusedExchange('invalid_target', {
    reason: 'invalid_target',
    message: '"resource" or "audience" expected one resource server',
  })
}

/** The scopes that the task needs: what a request asks for is all that it may get. */
function scopesOf(form: ReadonlyMap<string, string>): readonly string[] {
  const scopes = (form.get('scope') ?? '').split(' ').filter((each) => each !== '')
  if (scopes.length > 0 && scopes.length <= issuerLimits.scopesMax) return [...new Set(scopes)]
  throw new RefusedExchange('invalid_scope', {
    reason: scopes.length === 0 ? 'unknown_scope' : 'invalid_scope',
    message: `"scope" expected 1–${issuerLimits.scopesMax} scopes: those that the task needs`,
  })
}

function detailsOf(form: ReadonlyMap<string, string>): readonly Claims[] | undefined {
  const text = form.get('authorization_details')
  if (text === undefined) return undefined
  const refused = new RefusedExchange('invalid_authorization_details', {
    reason: 'malformed_details',
    message: '"authorization_details" expected a JSON list of objects with a type',
  })
  if (text.length > issuerLimits.detailsLengthMax) throw refused
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refused
  }
  if (!Array.isArray(value) || !value.every(isDetail)) throw refused
  return value
}

function isDetail(value: unknown): value is Claims {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.hasOwn(value, 'type') &&
    typeof Reflect.get(value, 'type') === 'string'
  )
}

function malformed(message: string): RefusedExchange {
  return new RefusedExchange('invalid_request', { reason: 'malformed', message })
}
