import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readerOf } from './console-reader.ts'
import type { ConsoleReader } from './console-reader.ts'
import { createSessions } from './sessions.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const kim = { name: 'kim', role: 'investigator', tenant: 'acme', sha256: sha256('kim-token') }
const sender = { name: 'ingest', role: 'ingest', tenant: 'acme', sha256: sha256('sender-token') }
const bounds = { idleMs: 100, lifeMs: 250, countMax: 2 }

test('a session lives while it is used, and no longer than its life', () => {
  let at = 0
  const sessions = createSessions(
    () => [kim],
    () => at,
    bounds,
  )
  const id = sessions.start(kim)
  for (at = 90; at <= 250; at += 80) expect(sessions.find(id)?.reader.name, `${at}`).toBe('kim')
  at = 251
  expect(sessions.find(id)).toBeUndefined()
  at = 0
  const idle = sessions.start(kim)
  at = 101
  expect(sessions.find(idle)).toBeUndefined()
})

test('a session ends when its reader is removed, and no other ID opens it', () => {
  const readers: ConsoleReader[] = [kim]
  const sessions = createSessions(
    () => readers,
    () => 0,
    bounds,
  )
  const id = sessions.start(kim)
  expect(Buffer.from(id, 'base64url')).toHaveLength(32)
  expect(sessions.find(sha256(id))).toBeUndefined()
  expect(sessions.find(`${id}A`)).toBeUndefined()
  expect(sessions.find(id)?.formToken).toBe(sessions.find(id)?.formToken)
  readers.pop()
  expect(sessions.find(id)).toBeUndefined()
  readers.push(kim)
  expect(sessions.find(id), 'it stays ended').toBeUndefined()
})

test('one session more than the bound ends the one that was idle longest', () => {
  const sessions = createSessions(
    () => [kim],
    () => 0,
    bounds,
  )
  const [first, second] = [sessions.start(kim), sessions.start(kim)]
  expect(sessions.find(first)).toBeDefined()
  const third = sessions.start(kim)
  expect([first, second, third].map((id) => sessions.find(id) !== undefined)).toEqual([
    true,
    false,
    true,
  ])
  sessions.end(first)
  expect(sessions.find(first)).toBeUndefined()
})

test('a token names its reader; a sender’s opens no session', () => {
  expect(readerOf('kim-token', [sender, kim])).toBe(kim)
  expect(readerOf('kim-toke', [sender, kim])).toBeUndefined()
  const sessions = createSessions(
    () => [sender],
    () => 0,
    bounds,
  )
  expect(sessions.find(sessions.start(sender))).toBeUndefined()
})

test('a session that a provider vouched for needs no token, and ends at its own time', () => {
  let at = 0
  const sessions = createSessions(
    () => [],
    () => at,
    { ...bounds, idleMs: 140 },
  )
  const [id, long] = [sessions.start(kim, { lifeMs: 120 }), sessions.start(kim, { lifeMs: 1_000 })]
  at = 60
  expect(sessions.find(id)?.reader).toBe(kim)
  at = 120
  expect(sessions.find(id)?.reader).toBe(kim)
  sessions.find(long)
  at = 121
  expect(sessions.find(id)).toBeUndefined()
  at = 200
  const isOpen = sessions.find(long)?.isOpen
  at = 250
  expect(isOpen?.()).toBe(true)
  at = 251
  expect(isOpen?.(), 'never longer than a token’s').toBe(false)
})

test('sessions are listed by a name that opens none, and ended by it within their tenant', () => {
  const sessions = createSessions(
    () => [kim],
    () => 0,
    bounds,
  )
  const id = sessions.start(kim)
  const [listed, ...others] = sessions.list()
  expect(others).toEqual([])
  expect(listed).toMatchObject({ reader: kim, isProvided: false, startedAt: 0, usedAt: 0 })
  expect(sessions.find(listed?.name ?? '')).toBeUndefined()
  expect(sessions.endNamed(listed?.name ?? '', 'another tenant')).toBe(false)
  const isOpen = sessions.find(id)?.isOpen
  expect(sessions.endNamed(listed?.name ?? '', kim.tenant)).toBe(true)
  expect(isOpen?.()).toBe(false)
  expect(sessions.find(id)).toBeUndefined()
  expect(sessions.list()).toEqual([])
})
