import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { printableLine, WhodidError } from '@whodid/model'
import type { IngestClient } from '../senders/ingest-clients.ts'
import {
  launchLifetimeMs,
  launchLifetimeMsMax,
  mayLaunchOf,
} from '../senders/launch-credentials.ts'
import type {
  LaunchCredential,
  LaunchCredentials,
  LaunchRequest,
} from '../senders/launch-credentials.ts'
import type { ReceiverDeps } from './read-body.ts'
import { delegatorIn } from './credential-rights.ts'
import { invalidBody, readJsonBody } from './read-json-body.ts'
import type { Asked } from './read-json-body.ts'
import { respondJson } from './respond.ts'

/** The parts that hand out credentials. */
export interface LaunchDeps extends ReceiverDeps {
  readonly launches: LaunchCredentials
}

/** Beside the paths of OTLP, on the same port: the launcher already knows it. */
const launchPath = '/v1/launch-credentials'

/** Templates in a request, and UTF-16 units of a name. */
const templatesMax = 1000
const nameLengthMax = 200

/** True for a request that is about a launch credential, and not a signal of OTLP. */
export function isLaunchRequest(request: IncomingMessage): boolean {
  return (request.url ?? '').split('?', 1)[0] === launchPath
}

/**
 * Hands out, renews (`{"renew":true}`) and ends (`DELETE`) the credential of one launched agent. An ingest token vouches for the templates that it
 * may speak for; an agent that was launched itself, for others of its own template and of those it was launched with, under IDs
 * that are made here: it could otherwise name another's running instance.
 *
 * Throws `unauthenticated`, `forbidden`, `invalid_body`, `method_not_allowed` and `too_many_requests`.
 */
export async function handleLaunch(
  request: IncomingMessage,
  response: ServerResponse,
  deps: LaunchDeps,
): Promise<void> {
  const { authorization } = request.headers
  const client = deps.authenticate(authorization)
  if (request.method === 'DELETE') {
    await deps.launches.end(authorization)
    respondJson(response, 200, {})
    return
  }
  if (request.method !== 'POST')
    throw new WhodidError(
      'method_not_allowed',
      `the method expected POST or DELETE; got ${printableLine(request.method ?? '', 20)}`,
    )
  const asked = await readJsonBody(request, deps)
  if (asked['renew'] === true) {
    const expiresAtMs = await deps.launches.renew(authorization, lifetimeOf(asked))
    respondJson(response, 200, { expires_at: new Date(expiresAtMs).toISOString() })
    return
  }
  const issued = await issue(asked, { client, authorization }, deps)
  respondJson(response, 201, {
    credential: issued.credential,
    template: issued.template,
    instance: issued.instance,
    expires_at: new Date(issued.expiresAtMs).toISOString(),
  })
}

interface Asker {
  readonly client: IngestClient
  readonly authorization: string | undefined
}

async function issue(
  asked: Asked,
  { client, authorization }: Asker,
  deps: LaunchDeps,
): Promise<LaunchCredential> {
  const template = nameIn(asked, 'template')
  const lifetimeMs = lifetimeOf(asked)
  if (client.instance === undefined) {
    const request: LaunchRequest = {
      template,
      instance: instanceIn(asked),
      mayLaunch: templatesIn(asked),
      lifetimeMs,
      ...(asked['delegator'] === undefined ? {} : { delegator: delegatorIn(asked) }),
    }
    checkEntitled(mayLaunchOf(client, template), template)
    for (const one of request.mayLaunch === '*' ? [] : request.mayLaunch)
      checkEntitled(mayLaunchOf(client, one), one)
    return deps.launches.issue(client.name, request)
  }
  const { issuer, mayLaunch, delegator } = deps.launches.rightsOf(authorization)
  const isOwn = client.templates !== null && client.templates.includes(template)
  const root = deps.launches.issuerOf(issuer)
  const mayAll = mayLaunch === '*' && root !== undefined && mayLaunchOf(root, template)
  checkEntitled(isOwn || mayAll || mayLaunch.includes(template), template)
  // The person for whom an agent acts is the one for whom its launcher did: an agent chooses none.
  return deps.launches.issue(issuer, {
    template,
    instance: newInstance(),
    mayLaunch,
    lifetimeMs,
    delegator,
  })
}

function checkEntitled(isEntitled: boolean, template: string): void {
  if (isEntitled) return
  throw new WhodidError(
    'forbidden',
    `the token may not speak for the template "${printableLine(template, 80)}", and so launches no agent of it`,
  )
}

/** A UUID of version 7 (RFC 9562 §5.7). */
function newInstance(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${randomUUID().slice(15)}`
}

function nameIn(asked: Asked, field: string): string {
  const value = asked[field]
  if (isName(value)) return value
  throw invalidBody(`"${field}"`, `1–${nameLengthMax} printable characters`)
}

/** No `/`: a credential also speaks for the instances below its own, whose IDs continue it with one. */
function instanceIn(asked: Asked): string {
  const value = asked['instance']
  if (typeof value === 'string' && /^[A-Za-z0-9._-]{1,128}$/u.test(value)) return value
  throw invalidBody('"instance"', '1–128 letters, digits, ".", "_" or "-"')
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= nameLengthMax &&
    /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(value)
  )
}

function templatesIn(asked: Asked): readonly string[] | '*' {
  const value = asked['may_launch'] ?? []
  if (value === '*') return value
  if (Array.isArray(value) && value.length <= templatesMax && value.every(isName)) return value
  throw invalidBody('"may_launch"', `"*" or at most ${templatesMax} templates`)
}

function lifetimeOf(asked: Asked): number {
  const seconds = asked['lifetime_s'] ?? launchLifetimeMs / 1000
  const max = launchLifetimeMsMax / 1000
  if (typeof seconds === 'number' && seconds >= 1 && seconds <= max) return seconds * 1000
  throw invalidBody('"lifetime_s"', `1 to ${max}`)
}
