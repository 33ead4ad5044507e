import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { referencePage } from './reference-page.ts'

const document: object = z
  .looseObject({})
  .parse(JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')))
const page = referencePage(document)
const shownOnce = (text: string): boolean => page.split(text).length === 2

test('every route and every schema of the document stands on the page once, and every link leads somewhere', () => {
  const { paths, components } = z
    .looseObject({
      paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
      components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
    })
    .parse(document)
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  expect(ids.length).toBeGreaterThan(40)
  const names = Object.keys(components.schemas).map((name) => `schema-${name}`)
  expect([...ids, ...names].filter((id) => !shownOnce(`id="${id}"`))).toEqual([])
  const links = [...page.matchAll(/href="#([^"]+)"/gu)].map(([, id = '']) => id)
  expect(links.filter((id) => !page.includes(`id="${id}"`))).toEqual([])
})

test('parameters, bodies, answers and the rights of a route are told', () => {
  const find = page.slice(page.indexOf('<h3 id="find">'), page.indexOf('<h3 id="listActions">'))
  expect(find).toContain('Needs a token.')
  const health = page.slice(page.indexOf('<h3 id="health">'), page.indexOf('<h3 id="ready">'))
  expect(health).toContain('No token is needed.')
  expect(find).toContain('<code>q</code> (query, needed) string The clue')
  expect(find).toContain('<a href="#schema-FindAnswer">FindAnswer</a>')
  expect(find).toContain('<code>query_too_expensive</code>')
})

test('texts of the document are texts of the page, and a schema that holds itself ends', () => {
  const hostile = referencePage({
    paths: {
      '/<script>': {
        get: {
          operationId: 'x',
          summary: '<b>"',
          responses: { 200: { description: '<img src=x>' } },
        },
      },
    },
    components: {
      schemas: {
        Tree: { type: 'object', properties: { of: { $ref: '#/components/schemas/Tree' } } },
      },
    },
  })
  expect(hostile).not.toMatch(/<(?:script|b|img)\b/u)
  expect(hostile).toContain('&lt;img src=x&gt;')
  expect(hostile).toContain('No token is needed.')
})
