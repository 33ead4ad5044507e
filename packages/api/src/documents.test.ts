import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import openapiTS, { astToString } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorCodes } from '@whodid/model'
import { createApi } from './app.ts'
import { errorPage } from './documents.ts'

const file = new URL('../openapi.json', import.meta.url).pathname
const clientTypes = new URL('../../client/src/schema.generated.ts', import.meta.url).pathname
const clientHeading = '// Generated from packages/api/openapi.json by openapi-typescript.\n'

const operationSchema = z.object({
  security: z.unknown().optional(),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.looseObject({}) })) }),
  ),
  parameters: z.array(z.object({ name: z.string() })).optional(),
})
const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.object({ get: operationSchema.optional(), post: operationSchema.optional() }),
  ),
})

async function servedDocument(): Promise<string> {
  const unused = () => Promise.reject(new Error('the document needs no store'))
  const points = {
    records: unused,
    recordsUnder: unused,
    names: unused,
    firstNames: unused,
    textBlocks: unused,
    acts: unused,
    newestPlaces: unused,
    unnamedActs: unused,
  }
  const api = createApi({
    selector: { select: unused, points, ping: unused, close: unused },
    contents: { open: unused },
    readRecorder: { record: unused, stored: unused, close: unused },
    tokens: () => [],
    readiness: unused,
  })
  const response = await api.fetch(new Request('http://localhost/openapi.json'), {})
  const config = await resolveConfig(file)
  return format(await response.text(), { ...config, parser: 'json' })
}

// When a route changed on purpose: npx vitest run --project unit packages/api -u
test('openapi.json in the repository is the document that is served', async () => {
  await expect(await servedDocument()).toMatchFileSnapshot(file)
})

test('the client’s types are generated from the document that is served', async () => {
  const config = await resolveConfig(clientTypes)
  const text = clientHeading + astToString(await openapiTS(await servedDocument()))
  await expect(await format(text, { ...config, parser: 'typescript' })).toMatchFileSnapshot(
    clientTypes,
  )
})

test('the document is valid by the published schema of OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate(parseObject(await servedDocument()))).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
  const broken = { ...parseObject(await servedDocument()), paths: { '/x': { get: 1 } } }
  expect((await new Validator().validate(broken)).valid).toBe(false)
})

test('every failure of every route is a problem, and every answer has a schema', async () => {
  const { paths } = documentSchema.parse(JSON.parse(await servedDocument()))
  const operations = Object.entries(paths).flatMap(([path, { get, post }]) =>
    [get, post].flatMap((operation) => (operation === undefined ? [] : [{ path, operation }])),
  )
  expect(operations.length).toBeGreaterThan(10)
  for (const { path, operation } of operations)
    for (const [status, response] of Object.entries(operation.responses)) {
      const [media] = Object.entries(response.content)
      if (status === '200') expect(media?.[1].schema, path).not.toEqual({})
      else
        expect(media, `${path} ${status}`).toEqual([
          'application/problem+json',
          { schema: { $ref: '#/components/schemas/Problem' } },
        ])
    }
})

test('the document covers every route, its failures and its security', async () => {
  const document = documentSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toEqual([
    '/v1/who-did',
    '/v1/find',
    '/v1/actions',
    '/v1/instances/{id}',
    '/v1/instances/{id}/blast-radius',
    '/v1/completeness',
    '/v1/templates',
    '/v1/delegators/{id}',
    '/v1/ghosts',
    '/v1/findings',
    '/v1/findings/{id}',
    '/v1/findings/{id}/triage',
    '/v1/detections',
    '/v1/imports',
    '/v1/cases',
    '/v1/cases/{id}',
    '/v1/cases/{id}/entries',
    '/v1/people',
    '/v1/erasures',
    '/v1/prunes',
    '/v1/holds',
    '/v1/holds/release',
    '/v1/losses',
    '/v1/actions/{id}/proof',
    '/v1/checkpoints',
    '/v1/integrity',
    '/v1/logs/{name}/checkpoint',
    '/v1/logs/{name}/cosigned',
    '/v1/logs/{name}/tile/{level}/{index}',
    '/v1/logs/{name}/tile/{level}/{index}.p/{width}',
    '/v1/authority',
    '/v1/registry/templates',
    '/v1/revocations',
    '/v1/revocations/stream',
    '/v1/exports',
    '/v1/trust',
    '/v1/tail',
    '/v1/records',
    '/v1/reads',
    '/healthz',
    '/readyz',
    '/metrics',
  ])
  const whoDid = document.paths['/v1/who-did']!.get!
  expect(whoDid.security).toEqual([{ token: [] }])
  expect(Object.keys(whoDid.responses)).toEqual([
    '200',
    '400',
    '401',
    '403',
    '422',
    '429',
    '500',
    '503',
  ])
  expect(whoDid.parameters?.map(({ name }) => name)).toEqual([
    'of',
    'at',
    'as_recorded',
    'from',
    'to',
    'verb',
    'limit',
    'whodid-case',
  ])
})

function parseObject(text: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
}

test('the page of errors has an anchor for every code', () => {
  for (const code of Object.keys(errorCodes)) expect(errorPage).toContain(`<h2 id="${code}">`)
})
