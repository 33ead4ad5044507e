import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadOrCreateTokens, readTokens, tokensPath } from './tokens.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-tokens-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

test('made once, for the owner only, and the same for ever', async () => {
  const dataDir = join(dir, 'data')
  expect(await readTokens(dataDir)).toBeUndefined()
  const made = await loadOrCreateTokens(dataDir)
  expect(made.ingest).toMatch(/^whodid_ing_[\w-]{43}$/u)
  expect(made.investigator).toMatch(/^whodid_inv_[\w-]{43}$/u)
  expect(made.admin).toMatch(/^whodid_adm_[\w-]{43}$/u)
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  expect((await stat(tokensPath(dataDir))).mode & 0o777).toBe(0o600)
  expect(await loadOrCreateTokens(dataDir)).toEqual(made)
})

test('first starts at one time agree, and leave nothing else behind', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateTokens(dir)))
  expect(new Set(all.map(({ admin }) => admin)).size).toBe(1)
  expect(await readdir(dir)).toEqual(['tokens.json'])
})

test.each(['', '{}', '{"ingest":"a","investigator":"b","admin":"c"}', 'null'])(
  'a file that holds %j is refused and left as it is',
  async (text) => {
    await writeFile(tokensPath(dir), text)
    await expect(loadOrCreateTokens(dir)).rejects.toMatchObject({ code: 'invalid_config' })
  },
)
