import { readFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorCodes } from '@whodid/model'
import { createApi } from './app.ts'
import { errorPage } from './documents.ts'

const file = new URL('../openapi.json', import.meta.url).pathname

const operationSchema = z.object({
  security: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
  parameters: z.array(z.object({ name: z.string() })).optional(),
})
const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.object({ get: operationSchema })),
})

async function servedDocument(): Promise<string> {
  const unused = () => Promise.reject(new Error('the document needs no store'))
  const api = createApi({
    selector: { select: unused, ping: unused, close: unused },
    readRecorder: { record: unused, close: unused },
    tokens: [],
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

test('the document covers every route, its failures and its security', async () => {
  const document = documentSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toEqual([
    '/v1/who-did',
    '/v1/tail',
    '/v1/reads',
    '/healthz',
    '/readyz',
  ])
  const whoDid = document.paths['/v1/who-did']!.get
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
    'from',
    'to',
    'verb',
    'limit',
    'whodid-case',
  ])
})

test('the page of errors has an anchor for every code', () => {
  for (const code of Object.keys(errorCodes)) expect(errorPage).toContain(`<h2 id="${code}">`)
})
