import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createApiClient } from '@whodid/client'
import type { ApiClient } from '@whodid/client'

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, unknown>> }>
  >
}

// The API's own tests hold the file to what is served.
const document = closed(
  JSON.parse(
    readFileSync(new URL('../../packages/api/openapi.json', import.meta.url), 'utf8'),
  ) as Document,
)
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema(document, 'openapi')

/**
 * The generated client, over a connection that throws for every answer the OpenAPI document does not describe: another
 * status, another media type, a field that is missing, of another type or not named.
 */
export function createCheckedClient(url: string, token: string): ApiClient {
  return createApiClient({
    url,
    token,
    fetch: async (request) => {
      const response = await fetch(request)
      await checkResponse(request, response.clone())
      return response
    },
  })
}

/** Throws unless the document describes the answer. */
export async function checkResponse(request: Request, response: Response): Promise<void> {
  const { pathname } = new URL(request.url)
  const path = Object.keys(document.paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u').test(pathname),
  )
  const method = request.method.toLowerCase()
  const operation = document.paths[path ?? '']?.[method]
  const media = response.headers.get('content-type')?.split(';')[0] ?? ''
  const where = `${method} ${path} ${response.status} ${media}`
  if (operation?.responses[String(response.status)]?.content[media] === undefined)
    throw new Error(`the document knows no ${where}: ${await response.text()}`)
  const steps = [path ?? '', method, 'responses', String(response.status), 'content', media]
  const pointer = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
  const validate = ajv.compile({ $ref: `openapi#/paths/${pointer}/schema` })
  const body: unknown = await response.json()
  if (!validate(body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`)
}

/** The document with every object closed: what it does not name may not come. */
function closed<Value>(value: Value): Value {
  // Member by member, so of the same shape.
  if (Array.isArray(value)) return value.map((item: unknown) => closed(item)) as Value
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => [key, closed(member)]),
  )
  const isOpen = copy['type'] === 'object' && !('additionalProperties' in copy)
  // One field more at most, which no reader of the document declares.
  return (isOpen ? { ...copy, additionalProperties: false } : copy) as Value
}
