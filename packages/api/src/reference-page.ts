import { z } from '@hono/zod-openapi'
import { escapeHtml, htmlPage } from './html-page.ts'

/** The depth to which the fields of a schema without a name are listed. */
const depthMax = 8

type Schema = z.infer<typeof schemaSchema>

const schemaSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  get items() {
    return schemaSchema.optional()
  },
  get anyOf() {
    return z.array(schemaSchema).optional()
  },
  get properties() {
    return z.record(z.string(), schemaSchema).optional()
  },
  required: z.array(z.string()).optional(),
})

const bodySchema = z.looseObject({
  description: z.string().optional(),
  content: z.record(z.string(), z.looseObject({ schema: schemaSchema.optional() })).optional(),
})

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  security: z.array(z.unknown()).optional(),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: schemaSchema.optional(),
      }),
    )
    .optional(),
  requestBody: bodySchema.optional(),
  responses: z.record(z.string(), bodySchema),
})
type Operation = z.infer<typeof operationSchema>

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), schemaSchema) }),
})

/** Returns the page at `/docs/api`: every route and every schema of an OpenAPI document of {@link openApiDocument}, for a person to read. */
export function referencePage(document: object): string {
  // As it is served: what JSON leaves out is not there.
  const { paths, components } = documentSchema.parse(JSON.parse(JSON.stringify(document)))
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  const contents = operations.map(
    ({ method, path, operation }) =>
      `<li><a href="#${operation.operationId}"><code>${method.toUpperCase()} ${breakable(path)}</code></a> ${escapeHtml(operation.summary)}</li>`,
  )
  const routes = operations.map(({ method, path, operation }) => section(method, path, operation))
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<h3 id="${schemaId(name)}">${escapeHtml(name)}</h3>\n${paragraph(schema.description)}${shape(schema, 0)}`,
  )
  return htmlPage(
    'The API of Whodid',
    `<h1>The API</h1>
<p>Made from <a href="/openapi.json">/openapi.json</a>, which programs read. Errors are <a href="/docs/errors">problems with a code</a>.</p>
<ul>\n${contents.join('\n')}\n</ul>
<h2>Routes</h2>\n${routes.join('\n')}
<h2>Schemas</h2>\n${schemas.join('\n')}`,
  )
}

function section(method: string, path: string, operation: Operation): string {
  const {
    operationId,
    summary,
    description,
    security = [],
    parameters = [],
    requestBody,
  } = operation
  const token = security.length === 0 ? 'No token is needed.' : 'Needs a token.'
  const answers = Object.entries(operation.responses).map(
    ([status, body]) => `<li>${escapeHtml(status)}: ${words(body.description)}${bodyOf(body)}</li>`,
  )
  return `<h3 id="${operationId}"><code>${method.toUpperCase()} ${breakable(path)}</code></h3>
<p><strong>${escapeHtml(summary)}</strong> ${token}</p>
${paragraph(description)}${parameters.length === 0 ? '' : `<ul>\n${parameters.map(parameterLine).join('\n')}\n</ul>\n`}${requestBody === undefined ? '' : `<p>Body:${bodyOf(requestBody)}</p>\n`}<p>Answers:</p>
<ul>\n${answers.join('\n')}\n</ul>`
}

function parameterLine(parameter: NonNullable<Operation['parameters']>[number]): string {
  const { name, in: place, required = false, description, schema } = parameter
  const need = required ? ', needed' : ''
  return `<li><code>${escapeHtml(name)}</code> (${escapeHtml(place)}${need}) ${schema === undefined ? '' : typeOf(schema)} ${words(description)}</li>`
}

function bodyOf({ content = {} }: z.infer<typeof bodySchema>): string {
  return Object.entries(content)
    .map(
      ([type, { schema }]) =>
        ` <code>${escapeHtml(type)}</code>${schema === undefined ? '' : ` ${typeOf(schema)}${shape(schema, 0)}`}`,
    )
    .join(';')
}

/** The fields of a schema as a list; nothing for one that has a name or no fields. */
function shape(schema: Schema, depth: number): string {
  const { properties, items, anyOf = [], required = [] } = schema
  if (depth >= depthMax) return ''
  const within = [...(items === undefined ? [] : [items]), ...anyOf]
  if (properties === undefined) return within.map((one) => shape(one, depth + 1)).join('')
  const lines = Object.entries(properties).map(
    ([name, field]) =>
      `<li><code>${escapeHtml(name)}</code>${required.includes(name) ? '' : ' (may be left out)'} ${typeOf(field)} ${words(field.description)}${shape(field, depth + 1)}</li>`,
  )
  return `<ul>\n${lines.join('\n')}\n</ul>`
}

/** A type in a few words; a schema with a name as a link to it. */
function typeOf(schema: Schema): string {
  const { $ref, type, items, anyOf } = schema
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1)
    return `<a href="#${schemaId(name)}">${escapeHtml(name)}</a>`
  }
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  const values = 'const' in schema ? [schema.const] : schema.enum
  if (values !== undefined)
    return values.map((value) => `<code>${escapeHtml(JSON.stringify(value))}</code>`).join(' ')
  if (items !== undefined) return `list of ${typeOf(items)}`
  return escapeHtml([type ?? 'any'].flat().join(' or '))
}

function schemaId(name: string): string {
  return `schema-${encodeURIComponent(name)}`
}

/** A path that a narrow page may break after each slash. */
function breakable(path: string): string {
  return escapeHtml(path).replaceAll('/', '/<wbr>')
}

function paragraph(text: string | undefined): string {
  return text === undefined ? '' : `<p>${words(text)}</p>\n`
}

/** Words of the document, in which backticks set off code. */
function words(text = ''): string {
  return escapeHtml(text).replaceAll(/`([^`]*)`/gu, '<code>$1</code>')
}
