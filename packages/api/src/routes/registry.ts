import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { registrationSchema, registryAnswerSchema } from '@whodid/model/answers'
import { listRegistry, parseRegistryQuestion, registryLimit } from '@whodid/query'
import {
  canonicalJson,
  definitionDigest,
  formatInstant,
  registryNames,
  WhodidError,
} from '@whodid/model'
import type { RecordedDefinition } from '@whodid/model'
import type { RegistryService } from '../api-options.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { answerAuthority, authorityRoute } from './authority.ts'
import type { AuthorityDeps } from './authority.ts'
import { cursorSchema, instantSchema, instantText, limitSchema } from './parameter-schemas.ts'
import { nameSchema } from './parameter-schemas.ts'
import { definitionSchema, parseDefinition } from './registry-definition.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

/** `GET /v1/registry/templates` */
const registryRoute = createRoute({
  method: 'get',
  path: '/v1/registry/templates',
  operationId: 'listRegistry',
  summary: 'What templates may do, as it was registered',
  description:
    'The newest version of each template by its ID; with `template`, every version of that one, newest first. With `at`, as it stood then, by the clock of the ledger. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      template: nameSchema(registryNames.templateLengthMax)
        .optional()
        .describe('Only this one: its history'),
      at: instantSchema.optional().describe(`As it stood then; default now. ${instantText}`),
      limit: limitSchema(registryLimit, 'How many versions to give'),
      cursor: cursorSchema,
    }),
  },
  responses: {
    ...answered('One page of the registry', registryAnswerSchema),
    ...problems(...everyRead, 'invalid_time', 'invalid_cursor'),
  },
})

/** `POST /v1/registry/templates` */
const registerRoute = createRoute({
  method: 'post',
  path: '/v1/registry/templates',
  operationId: 'registerTemplate',
  summary: 'Register what a template may do',
  description:
    'Adds a version; it replaces the one before it from then on, and nothing is overwritten. What is not stated stays unknown: it is not allowed. A version that has expired ends the template. Recorded in the ledger before it is answered; questions know it a moment later. For the admin token.',
  security,
  request: {
    headers: caseHeader,
    body: { required: true, content: { 'application/json': { schema: definitionSchema } } },
  },
  responses: {
    ...answered('It is on record', registrationSchema),
    ...problems(...everyRead, ...everyBody, 'invalid_time', 'not_found', 'log_full', 'log_failed'),
  },
})

/** The ports of the registry. */
export interface RegistryDeps extends AuthorityDeps {
  /** Without it nothing can be registered. */
  readonly registry: RegistryService | undefined
}

/** Adds the routes of the registry, and of what rests on it. */
export function addRegistry(app: OpenAPIHono<ApiEnv>, deps: RegistryDeps): void {
  app.openapi(authorityRoute, answerAuthority(deps))
  app.openapi(registryRoute, answerRegistry(deps))
  app.openapi(registerRoute, answerRegister(deps))
}

function answerRegistry(deps: RegistryDeps): Handler<typeof registryRoute> {
  const { selector, recordedRead, now } = deps
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseRegistryQuestion(asked, now())
    const { tenant } = c.get('token')
    const run = () => listRegistry(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

function answerRegister(deps: RegistryDeps): Handler<typeof registerRoute> {
  const { registry, recordedRead } = deps
  return async (c) => {
    if (registry === undefined)
      throw new WhodidError('not_found', 'this Whodid keeps no registry of templates')
    const definition = parseDefinition(c.req.valid('json'))
    const { tenant, name: recordedBy } = c.get('token')
    const run = () => registry.register({ tenant, definition, recordedBy })
    const question = { template: definition.template, expires_at: definition.expires_at }
    const registered = await recordedRead(c, { roles: ['admin'], question }, { run })
    return c.json(shape(registered), 200)
  }
}

function shape({
  definition,
  recordedBy,
  recordedAtUnixNs,
  record,
}: RecordedDefinition): z.infer<typeof registrationSchema> {
  return {
    ...definition,
    recorded_at: formatInstant(recordedAtUnixNs),
    recorded_by: recordedBy,
    digest: definitionDigest(canonicalJson(definition)),
    record,
  }
}
