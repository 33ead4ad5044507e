import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDurably, systemFiles, writeDurably } from './durable.ts'
import type { FilePort } from './durable.ts'
import { loadOrCreateKey } from './key-files.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-durable-'))
})

afterEach(() => rm(dir, { recursive: true }))

/** The system's files, which write down each call that changes something, in order; `failAt` ends that call in an error. */
function recorded(calls: string[], failAt = ''): FilePort {
  const note = (call: string): void => {
    calls.push(call)
    if (call === failAt) throw Object.assign(new Error(call), { code: 'EIO' })
  }
  const nameOf = (path: unknown): string =>
    String(path) === dir ? 'dir' : basename(String(path)).replace(/\.\d+\.\d+\.new$/u, '.new')
  return {
    ...systemFiles,
    open: async (path, flags, mode) => {
      const name = nameOf(path)
      note(`open ${name} ${flags}`)
      const handle = await systemFiles.open(path, flags, mode)
      return watched(handle, (call) => note(`${call} ${name}`))
    },
    rename: (from, to) => {
      note(`rename ${nameOf(to)}`)
      return systemFiles.rename(from, to)
    },
    link: (from, to) => {
      note(`link ${nameOf(to)}`)
      return systemFiles.link(from, to)
    },
  }
}

function watched(handle: FileHandle, note: (call: string) => void): FileHandle {
  const writeFile = handle.writeFile.bind(handle)
  const sync = handle.sync.bind(handle)
  return Object.assign(handle, {
    writeFile: async (content: string) => {
      note('write')
      await writeFile(content)
    },
    sync: async () => {
      note('fsync')
      await sync()
    },
  })
}

describe('a durable file', () => {
  it('is replaced by these calls, in this order', async () => {
    const calls: string[] = []
    await writeDurably(recorded(calls), join(dir, 'head'), 'new')
    expect(calls).toEqual([
      'open head.new w',
      'write head.new',
      'fsync head.new',
      'rename head',
      'open dir r',
      'fsync dir',
    ])
    expect(await readFile(join(dir, 'head'), 'utf8')).toBe('new')
    expect((await stat(join(dir, 'head'))).mode & 0o777).toBe(0o600)
  })

  it.each(['write head.new', 'fsync head.new', 'rename head'])(
    'keeps its old content when "%s" fails',
    async (step) => {
      await writeDurably(systemFiles, join(dir, 'head'), 'old')
      const files = recorded([], step)
      await expect(writeDurably(files, join(dir, 'head'), 'new')).rejects.toThrow(step)
      expect(await readFile(join(dir, 'head'), 'utf8')).toBe('old')
    },
  )

  it('is made once, whoever makes it', async () => {
    const path = join(dir, 'key')
    const made = await Promise.all(
      ['a', 'b', 'c'].map((text) => createDurably(systemFiles, path, text)),
    )
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(['a', 'b', 'c'][made.indexOf(true)]).toBe(await readFile(path, 'utf8'))
    expect(await readdir(dir)).toEqual(['key'])
  })
})

describe('a signing key', () => {
  it('is synced, and its directory too, before it may sign', async () => {
    const calls: string[] = []
    const text = await loadOrCreateKey(recorded(calls), join(dir, 'export.skey'), {
      make: () => 'secret',
    })
    expect(text).toBe('secret\n')
    expect(calls.slice(-6)).toEqual([
      'open export.skey.new w',
      'write export.skey.new',
      'fsync export.skey.new',
      'link export.skey',
      'open dir r',
      'fsync dir',
    ])
  })

  it('is not given out when the directory cannot be synced', async () => {
    const files = recorded([], 'fsync dir')
    await expect(
      loadOrCreateKey(files, join(dir, 'a.skey'), { make: () => 'secret' }),
    ).rejects.toThrow('fsync dir')
  })

  it('is read again, and not made', async () => {
    const path = join(dir, 'a.skey')
    await loadOrCreateKey(systemFiles, path, { make: () => 'first' })
    expect(await loadOrCreateKey(systemFiles, path, { make: () => 'second' })).toBe('first\n')
  })
})
