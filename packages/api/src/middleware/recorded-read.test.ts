import { WhodidError } from '@whodid/model'
import type { LedgerRead } from '@whodid/store'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createRecordedRead } from './recorded-read.ts'
import type { ApiEnv } from './request-scope.ts'

const token = { name: 'kim', role: 'investigator', tenant: 'acme', sha256: '' } as const

function appWith(record: (read: LedgerRead) => Promise<void>, discarded: string[]): Hono<ApiEnv> {
  const recordedRead = createRecordedRead({
    readRecorder: { record, stored: () => Promise.resolve(true), close: () => Promise.resolve() },
    now: () => 7n,
  })
  const app = new Hono<ApiEnv>()
  app.use(async (c, next) => {
    c.set('token', token)
    c.set('requestId', 'r-1')
    await next()
  })
  app.get('/:role', async (c) => {
    const roles = c.req.param('role') === 'admin' ? (['admin'] as const) : [token.role]
    const asked = { roles, question: { of: 'x' } }
    const text = await recordedRead(c, asked, {
      run: () => Promise.resolve('read'),
      discard: async (unsent) => void discarded.push(unsent),
    })
    return c.text(text)
  })
  app.onError((thrown, c) => c.text(thrown instanceof WhodidError ? thrown.code : 'bug', 400))
  return app
}

test('a read is answered once it is recorded, with its reader, question and case', async () => {
  const reads: LedgerRead[] = []
  const app = appWith(async (read) => void reads.push(read), [])
  const response = await app.request('/all', { headers: { 'whodid-case': 'INC-7' } }, {})
  expect(await response.text()).toBe('read')
  expect(reads).toMatchObject([
    { tenant: 'acme', reader: 'kim', requestId: 'r-1', readAtUnixNs: 7n, route: '/all' },
  ])
  expect(reads[0]).toMatchObject({ question: '{"of":"x"}', caseId: 'INC-7' })
})

test('a role that may not read is refused before anything is recorded, and a case that cannot be kept too', async () => {
  const reads: LedgerRead[] = []
  const app = appWith(async (read) => void reads.push(read), [])
  expect(await (await app.request('/admin', {}, {})).text()).toBe('forbidden')
  for (const given of ['é', '', ' ']) {
    const headers = { 'whodid-case': given }
    expect(await (await app.request('/all', { headers }, {})).text()).toBe('invalid_parameter')
  }
  expect(reads).toEqual([])
})

test('a read that could not be recorded does not leave, and what was read is discarded', async () => {
  const discarded: string[] = []
  const failure = new WhodidError('read_not_recorded', 'no')
  const app = appWith(() => Promise.reject(failure), discarded)
  expect(await (await app.request('/all', {}, {})).text()).toBe('read_not_recorded')
  expect(discarded).toEqual(['read'])
})
