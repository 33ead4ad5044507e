import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { RetentionService, RetentionRequest } from '@whodid/retention'
import { formatHandle, parseHandle, parseInstant, printableLine, WhodidError } from '@whodid/model'
import type { ApiOptions } from './api-options.ts'
import { eraseRoute, holdRoute, holdsRoute, pruneRoute, releaseRoute } from './custody-routes.ts'
import type { RecordedRead } from './recorded-read.ts'
import type { ApiEnv } from './request-scope.ts'

const roles = ['admin'] as const
const reasonLengthMax = 1_000
const caseLengthMax = 200

/** Adds what is done to evidence: erasure, pruning, legal holds. Each is checked before anything is recorded or done. */
export function addCustody(
  app: OpenAPIHono<ApiEnv>,
  { custodian }: ApiOptions,
  recordedRead: RecordedRead,
): void {
  const keeper = (): RetentionService => {
    if (custodian !== undefined) return custodian
    throw new WhodidError('not_found', 'this Whodid takes no evidence away: it has no custodian')
  }

  app.openapi(eraseRoute, async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const subject = subjectOf(asked.subject)
    const run = () => keeper().erase(subject, request)
    // The subject is not kept with the read either.
    const question = { ...asked, subject: '[erased]' }
    return c.json(await recordedRead(c, { roles, question }, { run }), 200)
  })

  app.openapi(pruneRoute, async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const before = parseInstant(asked.before, 'before')
    const run = () =>
      asked.what === 'text' ? keeper().expire(before, request) : keeper().prune(before, request)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(holdRoute, async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const subject = asked.subject === undefined ? '' : subjectOf(asked.subject)
    const run = () => keeper().hold(subject, request)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(releaseRoute, async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const run = async () => ({ holds: [...(await keeper().release(request))] })
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(holdsRoute, async (c) => {
    const { tenant } = c.get('token')
    const run = async () => ({ holds: [...(await keeper().holds(tenant))] })
    return c.json(await recordedRead(c, { roles, question: {} }, { run }), 200)
  })
}

interface Asked {
  readonly reason: string
  readonly case_id?: string | undefined
}

function requestOf(c: Context<ApiEnv>, { reason, case_id: caseId }: Asked): RetentionRequest {
  const { tenant, name } = c.get('token')
  return {
    tenant,
    requestedBy: name,
    reason: bounded('reason', reason, { min: 1, max: reasonLengthMax }),
    caseId: caseId === undefined ? '' : bounded('case_id', caseId, { min: 1, max: caseLengthMax }),
  }
}

function bounded(
  field: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  const line = printableLine(text.trim(), text.length + 1)
  // As the document counts: characters, not UTF-16 units.
  const count = Array.from(line).length
  if (count >= min && count <= max) return line
  throw new WhodidError(
    'invalid_parameter',
    `"${field}" expected ${min}–${max} characters; got ${count}`,
  )
}

function subjectOf(text: string): string {
  const handle = parseHandle(text)
  if (handle.kind === 'delegator' || handle.kind === 'instance') return formatHandle(handle)
  throw new WhodidError(
    'invalid_handle',
    `"subject" expected delegator:<id> or instance:<id>; got "${printableLine(text, 80)}"`,
  )
}
