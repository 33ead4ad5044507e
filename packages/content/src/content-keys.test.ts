import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ContentKeys } from './content-keys.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-keys-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const tombstone = { erasure: 'e1', erased_at: '2026-11-22T00:00:00Z', record: 'r' }

async function keyOf(keys: ContentKeys, subject: string, tenant = 'default'): Promise<string> {
  const found = (await keys.keysFor(tenant, [subject])).get(subject)
  return `${found?.idHex} ${found?.blockKey.toString('hex')} ${found?.saltKey.toString('hex')}`
}

test('a subject keeps its key over restarts; other subjects and tenants have others', async () => {
  const keys = await ContentKeys.open(dir)
  const first = await keyOf(keys, 'delegator:a')
  expect(await keyOf(keys, 'delegator:a')).toBe(first)
  expect(await keyOf(await ContentKeys.open(dir), 'delegator:a')).toBe(first)
  const others = [await keyOf(keys, 'delegator:b'), await keyOf(keys, 'delegator:a', 'other')]
  expect(new Set([first, ...others]).size).toBe(3)
})

test('asked for at once, and by two processes, a subject gets one key', async () => {
  const two = [await ContentKeys.open(dir), await ContentKeys.open(dir)]
  const asked = two.flatMap((keys) => Array.from({ length: 20 }, () => keyOf(keys, 'delegator:a')))
  expect(new Set(await Promise.all(asked)).size).toBe(1)
})

test('files are for their owner alone and say nothing of the subject', async () => {
  const keys = await ContentKeys.open(dir)
  await keyOf(keys, 'delegator:ana@acme.example')
  const names = await readdir(dir, { recursive: true })
  for (const name of names) {
    const path = join(dir, name)
    const entry = await stat(path)
    expect(entry.mode & 0o077, name).toBe(0)
    if (entry.isFile()) expect((await readFile(path)).includes('ana')).toBe(false)
  }
  expect(names.join()).not.toContain('ana')
})

test('a destroyed key is gone from the disk, counts as erased, and the next text gets another', async () => {
  const keys = await ContentKeys.open(dir)
  const [idHex = ''] = (await keyOf(keys, 'delegator:a')).split(' ')
  const file = await readFile(join(dir, idHex.slice(0, 2), `${idHex.slice(2)}.key`))
  const keyHex = file.toString('hex', 24, 56)
  expect(await keys.liveIdOf('default', 'delegator:a')).toBe(idHex)
  await keys.destroy(idHex, tombstone)
  await keys.destroy(idHex, tombstone)
  expect(await keys.find(idHex)).toEqual({ state: 'erased', tombstone })
  expect(await keys.liveIdOf('default', 'delegator:a')).toBeUndefined()
  for (const name of await readdir(dir, { recursive: true })) {
    const path = join(dir, name)
    if ((await stat(path)).isFile())
      expect((await readFile(path)).includes(Buffer.from(keyHex, 'hex')), name).toBe(false)
  }
  const next = await keyOf(keys, 'delegator:a')
  expect(next).not.toContain(idHex)
  expect(next).not.toContain(keyHex)
  expect(await keyOf(await ContentKeys.open(dir), 'delegator:a')).toBe(next)
})

test('a key that nobody made is unknown; a damaged one is told and not replaced', async () => {
  const keys = await ContentKeys.open(dir)
  expect(await keys.find('ab'.repeat(16))).toEqual({ state: 'unknown' })
  const [idHex = ''] = (await keyOf(keys, 'delegator:a')).split(' ')
  await truncate(join(dir, idHex.slice(0, 2), `${idHex.slice(2)}.key`), 40)
  await expect(keys.find(idHex)).rejects.toMatchObject({ code: 'content_unreadable' })
  const reopened = await ContentKeys.open(dir)
  await expect(keyOf(reopened, 'delegator:a')).rejects.toMatchObject({ code: 'content_unreadable' })
})

test('does not start without its secret when there are keys', async () => {
  const keys = await ContentKeys.open(dir)
  await keyOf(keys, 'delegator:a')
  await rm(join(dir, 'secret'))
  await expect(ContentKeys.open(dir)).rejects.toMatchObject({ code: 'invalid_config' })
  await writeFile(join(dir, 'secret'), 'short')
  await expect(ContentKeys.open(dir)).rejects.toMatchObject({ code: 'invalid_config' })
})
