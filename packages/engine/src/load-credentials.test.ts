import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WhodidError } from '@whodid/model'
import { loadCredentials } from './load-credentials.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'whodid-credentials-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true })
})

test('made once, different for each user, kept 0600 and given again', async () => {
  const path = join(directory, 'credentials.json')
  const made = await loadCredentials(path)
  expect(new Set(Object.values(made).map((user) => user.password)).size).toBe(
    Object.keys(made).length,
  )
  expect(made.reader.password).toMatch(/^[\w-]{43}$/u)
  await chmod(path, 0o644)
  expect(await loadCredentials(path)).toEqual(made)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a file of an older version gets the users that are new, and keeps the others', async () => {
  const path = join(directory, 'older.json')
  const whole = await loadCredentials(path)
  const { writer, reader, migrator } = whole
  await writeFile(path, JSON.stringify({ writer, reader, migrator }))
  const completed = await loadCredentials(path)
  expect(completed).toMatchObject({ writer, reader, migrator })
  expect(Object.keys(completed).toSorted()).toEqual(Object.keys(whole).toSorted())
  expect(completed.verifier.password).toMatch(/^[\w-]{43}$/u)
  expect(completed.verifier.password).not.toBe(whole.verifier.password)
  expect(await loadCredentials(path)).toEqual(completed)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test.each([
  '',
  '{',
  '{}',
  '{"reader":{"username":"whodid_reader","password":"x"}}',
  '[]',
  '{"writer":{"username":"whodid_writer","password":""}}',
])('a damaged file is refused and left as it is: %j', async (text) => {
  const path = join(directory, 'damaged.json')
  await writeFile(path, text)
  const thrown: unknown = await loadCredentials(path).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(WhodidError)
  expect(thrown).toMatchObject({ code: 'invalid_config' })
  expect(await readFile(path, 'utf8')).toBe(text)
})
