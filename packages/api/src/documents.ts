import { z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { errorCodes } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import { errorGuide } from './errors/error-guide.ts'
import type { ApiEnv } from './middleware/request-scope.ts'
import { httpStatus } from './errors/problem.ts'
import { escapeHtml, htmlPage } from './html-page.ts'

/** The page at `/docs/errors`: where the `type` of every problem leads. */
export const errorPage: string = htmlPage(
  'Errors of Whodid',
  `<h1>Errors</h1>\n${allCodes().map(errorSection).join('\n')}`,
)

function allCodes(): ErrorCode[] {
  // The keys of a table over every code are the codes.
  return Object.keys(errorCodes) as ErrorCode[]
}

/** Returns the OpenAPI 3.1 document of the routes registered on `app`. */
export function openApiDocument(app: OpenAPIHono<ApiEnv>): object {
  nameSchemas()
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The investigator token reads; the admin token does everything.',
  })
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Whodid',
      version: '1',
      description: 'The flight recorder for AI agents: who did this?',
    },
    servers: [{ url: '/' }],
  })
  // The library's type of a licence is of OpenAPI 3.0, which has no identifier.
  const license = { name: 'Apache License 2.0', identifier: 'Apache-2.0' }
  return { ...document, info: { ...document.info, license } }
}

/**
 * Gives each schema with an ID (`.meta({ id })`) that name in the document. The library takes a name from its own key alone, and its
 * `.openapi(name)` returns a copy, which the schemas of the model around the original would not hold.
 */
function nameSchemas(): void {
  for (const [id, schema] of z.globalRegistry._idmap) {
    const { id: _, ...meta } = z.globalRegistry.get(schema) ?? {}
    z.globalRegistry.add(schema, { ...meta, _internal: { refId: id } })
  }
}

function errorSection(code: ErrorCode): string {
  const { title, advice } = errorGuide[code]
  const again =
    errorCodes[code] === 'retryable' ? 'may pass: try again' : 'stays until it is seen to'
  return `<h2 id="${code}"><code>${code}</code></h2>
<p>${escapeHtml(title)} (HTTP ${httpStatus[code]}; ${again}). ${escapeHtml(advice)}</p>`
}
