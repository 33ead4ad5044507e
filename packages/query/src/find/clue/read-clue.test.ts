import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clueForms } from './clue-forms.ts'
import type { Lookup } from './clue-reading.ts'
import { clueLengthMax, readClue } from './read-clue.ts'

const at = { nowMs: Date.UTC(2026, 10, 28, 2, 30), zone: 'UTC' }
const sha = 'a9993e364706816aba3e25717850c26c9cd0d89d'
const uuid = '01a201c6-f836-79e7-8ca8-11445b431966'
const trace = '0af7651916cd43dd8448eb211c80319c'

const forms = (clue: string): string[] => readClue(clue, at).readings.map(({ form }) => form)
const lookups = (clue: string): Lookup[] =>
  readClue(clue, at).readings.flatMap((one) => [...one.lookups])
const resources = (clue: string): string[] =>
  lookups(clue).flatMap((one) => (one.by === 'name' && one.kind === 'resource' ? [one.name] : []))
const prefixes = (clue: string): string[] =>
  lookups(clue).flatMap((one) => (one.by === 'resources' ? [one.prefix] : []))

test.each([
  ['kim@acme.example', 'email'],
  ['<Kim@acme.example>', 'email'],
  ['kim', 'name'],
  [sha, 'commit'],
  [sha.slice(0, 7), 'commit'],
  [uuid, 'uuid'],
  ['01a201c6-f836', 'id_prefix'],
  ['00f067aa0ba902b7', 'span_id'],
  [trace, 'trace'],
  [`00-${trace}-00f067aa0ba902b7-01`, 'span'],
  [`${trace} 00f067aa0ba902b7`, 'span'],
  [`traceparent=00-${trace}-00f067aa0ba902b7-01`, 'span'],
  [`app LOG: DELETE FROM t /*traceparent='00-${trace}-00F067AA0BA902B7-01'*/`, 'span'],
  ['a1'.repeat(32), 'hash'],
  ['sha256:a1b2c3', 'id_prefix'],
  ['10.3.7.9', 'ip'],
  ['10.3.0.0/16', 'ip'],
  ['2001:db8::7', 'ip'],
  ['build-7.acme.example', 'host'],
  ['build-7.acme.example:8443', 'host'],
  ['/srv/app/a.ts', 'path'],
  ['src/billing/invoice.ts', 'path'],
  [String.raw`C:\srv\a.ts`, 'path'],
  ['arn:aws:s3:::backups/2026/11.tar', 'arn'],
  ['https://acme.slack.com/archives/C024BE91L/p1700000000123456', 'url'],
  ['github.com/acme/app/pull/812', 'url_without_scheme'],
  ['s3://backups/2026/11.tar', 'url'],
  ['acme/app#812', 'repository_number'],
  ['"acme/app#812",', 'repository_number'],
  ['group/sub/app!5', 'repository_number'],
  ['PR #812', 'number'],
  ['#812', 'number'],
  ['acme/app', 'repository'],
  ['OPS-12', 'jira_key'],
  ['ghcr.io/acme/app:1.2', 'image'],
  ['@acme/app@1.2.3', 'package'],
  ['shop.customers', 'table'],
  ['/subscriptions/1/resourceGroups/Web', 'azure_id'],
  ['//compute.googleapis.com/projects/p/zones/z/instances/i', 'gcp_name'],
  ['db:row:shop/customers/', 'resource'],
  ['tool:delete_row', 'handle'],
  ['delete_row', 'name'],
  ['rotate the staging credentials', 'words'],
  ['what was deleted on tuesday', undefined],
])('%s is taken for %s', (clue, form) => {
  if (form === undefined) expect(forms(clue)).toEqual([])
  else expect(forms(clue)).toContain(form)
})

test('a clue names resources in their canonical form, and by the URL as older records have it', () => {
  expect(resources('acme/app#812')).toEqual(
    expect.arrayContaining(['github:pull:acme/app/812', 'github:issue:acme/app/812']),
  )
  expect(resources('github.com/Acme/app/pull/812')).toContain('github:pull:acme/app/812')
  const gitlab = 'https://gitlab.com/acme/app/-/merge_requests/5'
  expect(resources(gitlab)).toEqual(['gitlab:merge_request:acme/app/5', gitlab])
  expect(resources('arn:aws:s3:::backups/a')).toContain('s3://backups/a')
  expect(prefixes('db:row:shop/customers/')).toEqual(['db:row:shop/customers/'])
  expect(prefixes('github:pull:acme/app/')).toEqual(['github:pull:acme/app/'])
  expect(prefixes('shop.customers')).toContain('db:row:shop/customers/')
})

test('words that ask are left out, and those that name are looked for', () => {
  const read = readClue('who deleted shop.customers yesterday?', at)
  expect(read.time.verbs).toEqual(['delete'])
  expect(read.time.phrase).toBe('yesterday')
  expect(read.readings.map(({ form }) => form)).toContain('table')
})

test('whatever is typed is read, cut to its bound, without an error', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2 * clueLengthMax }),
    fc.string({
      unit: fc.constantFrom('a', '0', '-', '/', ':', '.', '@', '#', ' ', '%', '\u0301', '\ud800'),
      maxLength: 2 * clueLengthMax,
    }),
    fc.webUrl(),
  )
  fc.assert(
    fc.property(hostile, (typed) => {
      const read = readClue(typed, at)
      expect(read.clue.length).toBeLessThanOrEqual(clueLengthMax)
      expect(read.isCut).toBe(typed.length > clueLengthMax)
      expect(read.clue).not.toContain('\0')
      expect(read.readings.length).toBeLessThanOrEqual(10)
    }),
    { numRuns: 2000 },
  )
})

test('a clue of a megabyte costs what a clue of the bound costs: its beginning is read', () => {
  const typed = `${'acme/'.repeat(200_000)}x`
  expect(readClue(typed, at).clue).toHaveLength(clueLengthMax)
})

test('each form is of its own, and its pattern is anchored at both ends', () => {
  expect(new Set(clueForms.map(({ form }) => form)).size).toBe(clueForms.length)
  for (const { pattern } of clueForms) {
    expect(pattern.source.startsWith('^')).toBe(true)
    expect(pattern.source.endsWith('$')).toBe(true)
  }
})
