import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createGitOrigin } from './git-origin.ts'

const git = spawnSync('git', ['--version']).status === 0
const dev = { name: 'Dev', email: 'dev@acme.example' }

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-git-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

it('merges two pull requests at one time, one after the other, and loses neither', async () => {
  const origin = await createGitOrigin(dir)
  const [first, second] = await Promise.all([
    origin.merge(812, dev, ['Whodid-Action: a-1']),
    origin.merge(815, dev, []),
  ])
  const log = await origin.log()
  expect(log.map(({ oid }) => oid)).toEqual([second, first, expect.any(String)])
  expect(log.map(({ author }) => author)).toEqual([
    'Dev <dev@acme.example>',
    'Dev <dev@acme.example>',
    'Kim <kim@acme.example>',
  ])
  expect(log[1]?.message).toBe('Merge pull request #812\n\nWhodid-Action: a-1\n')
})

it('refuses a pull request that is not there, and goes on', async () => {
  const origin = await createGitOrigin(dir)
  await expect(origin.merge(1, dev, [])).rejects.toThrow('pull-1')
  await origin.merge(815, dev, [])
  expect(await origin.log()).toHaveLength(2)
})

it.runIf(git)('makes a repository in which git finds no fault, and both changes', async () => {
  const origin = await createGitOrigin(dir)
  await origin.merge(812, dev, [])
  await origin.merge(815, dev, [])
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('git', ['-C', dir, ...args], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return stdout
  }
  run('fsck', '--strict', '--full', '--no-dangling')
  expect(run('show', 'main:ci.yml')).toContain('write-all')
  expect(run('show', 'main:README.md')).toContain('receive')
  expect(run('rev-list', '--count', '--merges', 'main').trim()).toBe('2')
})
