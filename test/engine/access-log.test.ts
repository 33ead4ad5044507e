import { copyFile, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openAccessLog } from '@whodid/store'
import type { LedgerRead } from '@whodid/store'
import { systemFiles } from '@whodid/tlog-posix'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

const newDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'whodid-reads-'))

function read(requestId: string, more: Partial<LedgerRead> = {}): LedgerRead {
  return {
    tenant: 'default',
    readAtUnixNs: 1_790_000_000_000_000_123n,
    requestId,
    reader: 'investigator',
    role: 'investigator',
    route: '/v1/who-did',
    question: `quoted ' " \\ \0 ${requestId}`,
    caseId: '',
    remoteAddress: '127.0.0.1',
    userAgent: '',
    ...more,
  }
}

/** The requests on record whose ID begins so, each once for every row. */
async function recorded(prefix: string): Promise<string[]> {
  const ids = await ledger.sql(
    'reader',
    `SELECT request_id FROM whodid.reads WHERE startsWith(request_id, '${prefix}') ORDER BY 1 FORMAT TSV`,
  )
  return ids === '' ? [] : ids.split('\n')
}

/** Nothing answers there. */
const nobody = { url: 'http://127.0.0.1:1', username: 'nobody', password: '' }

test('a crowd of reads is recorded, each one, in few inserts, and leaves no file behind', async () => {
  const dir = await newDir()
  const recorder = await openAccessLog({ dir, access: ledger.access('recorder') })
  await Promise.all(Array.from({ length: 500 }, (_, n) => recorder.record(read(`crowd-${n}`))))
  await recorder.stored(30_000)
  const where = "WHERE startsWith(request_id, 'crowd-')"
  expect(
    await ledger.sql('reader', `SELECT uniqExact(request_id), count() FROM whodid.reads ${where}`),
  ).toBe('500\t500')
  expect(
    await ledger.sql('reader', `SELECT toString(any(read_at)) FROM whodid.reads ${where}`),
  ).toContain('.000000123')
  expect(
    Number(await ledger.sql('reader', `SELECT uniqExact(_part) FROM whodid.reads ${where}`)),
  ).toBeLessThan(5)
  expect(await readdir(dir)).toEqual([])
  await recorder.close()
})

test('a read is in the table without being asked for, half a second later', async () => {
  const recorder = await openAccessLog({ dir: await newDir(), access: ledger.access('recorder') })
  await recorder.record(read('later-1'))
  await expect.poll(() => recorded('later-'), { timeout: 20_000 }).toEqual(['later-1'])
  await recorder.close()
})

test('reads that ClickHouse could not take are on the disk, and go there after the next start, once', async () => {
  const dir = await newDir()
  const problems: string[] = []
  const without = await openAccessLog({
    dir,
    access: nobody,
    onProblem: (message) => problems.push(message),
  })
  await without.record(read('down-1'))
  await without.record(read('down-2'))
  await without.stored(200)
  await expect.poll(() => problems.length, { timeout: 10_000 }).toBeGreaterThan(0)
  await without.close()
  const [name = ''] = await readdir(dir)
  const path = join(dir, name)
  expect(await readFile(path, 'utf8')).toContain('down-2')
  // As a crash in the middle of a write leaves it.
  await writeFile(path, '{"tenant":"default","request_id":"down-torn', { flag: 'a' })
  await copyFile(path, `${path}.kept`)

  const again = await openAccessLog({ dir, access: ledger.access('recorder') })
  await again.stored(20_000)
  await again.close()
  expect(await recorded('down-')).toEqual(['down-1', 'down-2'])
  expect(await readdir(dir)).toEqual([`${name}.kept`])

  // As a crash between the insert and the deletion leaves it.
  await copyFile(`${path}.kept`, path)
  const third = await openAccessLog({ dir, access: ledger.access('recorder') })
  await third.stored(20_000)
  await third.close()
  expect(await recorded('down-')).toEqual(['down-1', 'down-2'])
})

test('a disk that fails refuses the read, and the next one is recorded when it works again', async () => {
  let isFull = true
  const open: typeof systemFiles.open = (path, flags, mode) => {
    if (isFull && flags === 'wx')
      return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    return systemFiles.open(path, flags, mode)
  }
  const recorder = await openAccessLog({
    dir: await newDir(),
    access: ledger.access('recorder'),
    files: { ...systemFiles, open },
  })
  await expect(recorder.record(read('full-1'))).rejects.toMatchObject({
    code: 'read_not_recorded',
    message: expect.stringContaining('no space left') as string,
  })
  isFull = false
  await recorder.record(read('full-2'))
  await recorder.stored(20_000)
  expect(await recorded('full-')).toEqual(['full-2'])
  await recorder.close()
  await expect(recorder.record(read('full-3'))).rejects.toMatchObject({ code: 'read_not_recorded' })
})

test('past the bound of what waits for ClickHouse a read is refused, and none before it is lost', async () => {
  const dir = await newDir()
  const recorder = await openAccessLog({ dir, access: nobody })
  const question = 'q'.repeat(1024 * 1024)
  let refused = 0
  for (let n = 0; n < 80; n += 1)
    await recorder.record(read(`bound-${n}`, { question })).catch((thrown: unknown) => {
      expect(thrown).toMatchObject({
        code: 'read_not_recorded',
        message: expect.stringContaining('wait for ClickHouse') as string,
      })
      refused += 1
    })
  expect(refused).toBeGreaterThan(10)
  await recorder.close()
  const again = await openAccessLog({ dir, access: ledger.access('recorder') })
  await again.stored(60_000)
  await again.close()
  expect((await recorded('bound-')).length).toBe(80 - refused)
})

test('damage costs the lines that it hit, and says so', async () => {
  const dir = await newDir()
  const without = await openAccessLog({ dir, access: nobody })
  for (const id of ['hit-1', 'hit-2', 'hit-3']) await without.record(read(id))
  expect(await without.stored(50)).toBe(false)
  await without.close()
  const [name = ''] = await readdir(dir)
  const lines = (await readFile(join(dir, name), 'utf8')).split('\n')
  lines[1] = (lines[1] ?? '').replace('{', '#')
  await writeFile(join(dir, name), lines.join('\n'))
  const problems: string[] = []
  const again = await openAccessLog({
    dir,
    access: ledger.access('recorder'),
    onProblem: (message) => problems.push(message),
  })
  expect(await again.stored(20_000)).toBe(true)
  await again.record(read('hit-4'))
  expect(await again.stored(20_000)).toBe(true)
  await again.close()
  expect(await recorded('hit-')).toEqual(['hit-1', 'hit-3', 'hit-4'])
  expect(problems.join()).toContain('damaged')
  expect(await readFile(join(dir, `${name}.damaged`), 'utf8')).toContain('hit-2')
})

test.each([
  ['half-high', '\ud800'],
  ['half-low', 'a\udc00b'],
  ['half-pair', '\ud800\ud800\udc00'],
])('%s of a surrogate pair in a question holds up no other read', async (id, question) => {
  const problems: string[] = []
  const recorder = await openAccessLog({
    dir: await newDir(),
    access: ledger.access('recorder'),
    onProblem: (message) => problems.push(message),
  })
  await recorder.record(read(`${id}-1`, { question }))
  await recorder.record(read(`${id}-2`))
  expect(await recorder.stored(20_000)).toBe(true)
  await recorder.close()
  expect(await recorded(id)).toEqual([`${id}-1`, `${id}-2`])
  expect(problems).toEqual([])
})

test.each([
  ['time', '"read_at":"2026', '"read_at":"2#26'],
  ['month', '"read_at":"2026-', '"read_at":"2026-9'],
  ['day', '"read_at":"2026-09-21', '"read_at":"2026-09-41'],
  ['key', '"tenant"', '"tenbnt"'],
  ['value', '"case_id":""', '"case_id":{"a":1}'],
  ['twice', '"case_id"', '"tenant"'],
])('damage that leaves JSON (%s) costs the line that it hit', async (id, before, after) => {
  const dir = await newDir()
  const without = await openAccessLog({ dir, access: nobody })
  for (const n of [1, 2, 3]) await without.record(read(`${id}-${n}`))
  expect(await without.stored(50)).toBe(false)
  await without.close()
  const [name = ''] = await readdir(dir)
  const path = join(dir, name)
  const [first = '', second = '', ...rest] = (await readFile(path, 'utf8')).split('\n')
  expect(second).toContain(before)
  await writeFile(path, [first, second.replace(before, after), ...rest].join('\n'))
  const again = await openAccessLog({ dir, access: ledger.access('recorder') })
  expect(await again.stored(20_000)).toBe(true)
  await again.close()
  expect(await recorded(id)).toEqual([`${id}-1`, `${id}-3`])
  expect(await readFile(`${path}.damaged`, 'utf8')).toContain(`${id}-2`)
})

test('a file that lost its end says so', async () => {
  const dir = await newDir()
  const problems: string[] = []
  const recorder = await openAccessLog({
    dir,
    access: nobody,
    onProblem: (message) => problems.push(message),
  })
  await recorder.record(read('short-1'))
  const [name = ''] = await readdir(dir)
  await writeFile(join(dir, name), '')
  expect(await recorder.stored(1_000)).toBe(true)
  await recorder.close()
  expect(problems.join()).toContain('are lost')
})

test('two processes do not share a directory', async () => {
  const dir = await newDir()
  const first = await openAccessLog({ dir, access: nobody })
  await expect(openAccessLog({ dir, access: nobody })).rejects.toMatchObject({
    code: 'invalid_config',
  })
  await first.close()
  await sleep(10)
  const second = await openAccessLog({ dir, access: nobody })
  await second.close()
})
