import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { productEvents, products } from '../events/read-products.ts'
import type { Product } from '../events/read-products.ts'
import { applyChange, hooksStatus, planInstall, planRemove } from './install-hooks.ts'
import type { HooksPlace } from './install-hooks.ts'
import { lineDiff } from './line-diff.ts'
import { hookFile } from './product-files.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'whodid-hooks-'))
})

afterEach(() => rm(home, { recursive: true }))

const program = '/opt/whodid/main.js'
const placeOf = (product: Product): HooksPlace => ({
  product,
  environment: { HOME: home, XDG_STATE_HOME: join(home, 'state') },
})

async function install(place: HooksPlace): Promise<string> {
  await applyChange(place, await planInstall(place, program), true)
  return readFile(hookFile(place.product, place.environment), 'utf8')
}

async function remove(place: HooksPlace): Promise<void> {
  await applyChange(place, await planRemove(place), false)
}

/** Odd on purpose: other tools wrote it. */
const theirs = `{\n    "model" : "x",\n  "hooks": { "PreToolUse": [ { "matcher": "Bash", "hooks": [ { "type": "command", "command": "lint" } ] } ] }, "z": [1,2] }`

describe.each(products)('hooks of %s', (product) => {
  it('come and go without a trace where there was no file', async () => {
    const place = placeOf(product)
    expect(await hooksStatus(place)).toMatchObject({ state: 'absent' })
    const text = await install(place)
    for (const event of Object.keys(productEvents[product])) expect(text).toContain(event)
    expect(await hooksStatus(place)).toMatchObject({ state: 'installed' })
    // A second time changes nothing, and does not take the first for the user's.
    expect(await install(place)).toBe(text)
    await remove(place)
    expect(await hooksStatus(place)).toMatchObject({ state: 'absent' })
    await expect(readFile(hookFile(product, place.environment))).rejects.toThrow('ENOENT')
    expect(await readdir(join(home, 'state', 'whodid'))).toEqual([])
  })
})

describe.each(['claude-code', 'codex', 'gemini-cli', 'cursor'] as const)(
  'a file of %s',
  (product) => {
    it('keeps what was there, and is the same bytes after the removal', async () => {
      const place = placeOf(product)
      const path = hookFile(product, place.environment)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, theirs, { mode: 0o600 })
      const text = await install(place)
      expect(JSON.parse(text)).toMatchObject({ model: 'x', z: [1, 2] })
      expect(text).toContain('"lint"')
      await remove(place)
      expect(await readFile(path, 'utf8')).toBe(theirs)
    })

    it('that was changed in between loses the entries alone', async () => {
      const place = placeOf(product)
      const path = hookFile(product, place.environment)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, theirs)
      const changed = { ...(JSON.parse(await install(place)) as object), added: true }
      await writeFile(path, JSON.stringify(changed))
      expect(await hooksStatus(place)).toMatchObject({ state: 'changed' })
      await remove(place)
      const before: unknown = JSON.parse(theirs)
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
        ...(before as object),
        added: true,
      })
    })
  },
)

it('a file with comments is left alone', async () => {
  const place = placeOf('gemini-cli')
  const path = hookFile('gemini-cli', place.environment)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '{ // mine\n}')
  await expect(planInstall(place, program)).rejects.toThrow('without comments')
  expect(await readFile(path, 'utf8')).toBe('{ // mine\n}')
})

it('a difference shows lines that go and lines that come', () => {
  expect(lineDiff('a\nb\nc\n', 'a\nc\nd\n')).toBe('- b\n+ d\n')
  expect(lineDiff('', 'a\n')).toBe('+ a\n')
  expect(lineDiff('a\n', 'a\n')).toBe('')
  expect(lineDiff('x\n'.repeat(3_000), 'y\n')).toContain('+ y\n')
})
