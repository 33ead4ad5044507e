import { expect, test } from 'vitest'
import { attemptsMax, dueAttempts, nextAttempt } from './due-attempts.ts'
import type { Decision, EarlierAttempts, OpenFinding } from './due-attempts.ts'

const second = 1_000_000_000n
const at = (seconds: number): bigint => BigInt(seconds) * second

function due(finding: Omit<OpenFinding, 'id'>, earlier: Record<string, EarlierAttempts> = {}) {
  return dueAttempts([{ id: 'f1', ...finding }], {
    tenant: 'default',
    response: 'page',
    earlier: new Map(Object.entries(earlier)),
  })
}

function decided(action: string, seconds: number, until = 0): Decision {
  return { action, decidedAtUnixNs: at(seconds), untilUnixNs: at(until) }
}

const settled: EarlierAttempts = { attempts: 1, lastAtUnixNs: at(10), isSettled: true }

test('a finding is answered once, under an ID that another response, tenant or finding has not', () => {
  const [first] = due({ lastFoundUnixNs: at(5), decisions: [] })
  expect(first).toMatchObject({ findingId: 'f1', attempt: 1, sinceUnixNs: 0n })
  expect(first?.deliveryId).toMatch(/^[0-9a-f]{32}$/u)
  expect(
    due({ lastFoundUnixNs: at(500), decisions: [] }, { [first?.deliveryId ?? '']: settled }),
  ).toEqual([])
  const others = [
    ['f2', 'default', 'page'],
    ['f1', 'other', 'page'],
    ['f1', 'default', 'chat'],
  ].map(([id = '', tenant = '', response = '']) => {
    const finding = { id, lastFoundUnixNs: at(5), decisions: [] }
    const options = {
      tenant,
      response,
      earlier: new Map<string, EarlierAttempts>(),
    }
    return dueAttempts([finding], options)[0]?.deliveryId
  })
  expect(new Set([first?.deliveryId, ...others]).size).toBe(4)
})

test.each([
  ['found again after an acknowledgement', [decided('acknowledge', 10)], 20, at(10)],
  ['not found again', [decided('acknowledge', 10)], 10, 0n],
  ['found again after the end of its suppression', [decided('suppress', 10, 30)], 40, at(10)],
  ['found while it was suppressed', [decided('suppress', 10, 30)], 30, 0n],
  [
    'found after a suppression that was ended',
    [decided('suppress', 10, 90), decided('reopen', 20)],
    30,
    at(10),
  ],
  ['reopened by hand', [decided('acknowledge', 10), decided('reopen', 20)], 5, 0n],
  ['found again twice', [decided('acknowledge', 10), decided('acknowledge', 20)], 25, at(20)],
])('%s', (_, decisions, lastFound, since) => {
  expect(due({ lastFoundUnixNs: at(lastFound), decisions })[0]?.sinceUnixNs).toBe(since)
})

test('a failed attempt is made again after a wait that grows, up to the last', () => {
  const failed = (attempts: number, lastAt: number): EarlierAttempts => ({
    attempts,
    lastAtUnixNs: at(lastAt),
    isSettled: false,
  })
  expect(nextAttempt(undefined)).toEqual({ attempt: 1, dueAtUnixNs: 0n })
  expect(nextAttempt(failed(1, 100))).toEqual({ attempt: 2, dueAtUnixNs: at(105) })
  expect(nextAttempt(failed(2, 100))).toEqual({ attempt: 3, dueAtUnixNs: at(120) })
  const last = { attempt: attemptsMax, dueAtUnixNs: at(3_600) }
  expect(nextAttempt(failed(attemptsMax - 1, 0))).toEqual(last)
  expect(nextAttempt(failed(attemptsMax, 0))).toBeUndefined()
  expect(nextAttempt(settled)).toBeUndefined()
})

test('the finding that waited longest is first', () => {
  const findings = [30, 10, 20].map((n) => ({ id: `f${n}`, lastFoundUnixNs: at(n), decisions: [] }))
  const options = { tenant: 't', response: 'r', earlier: new Map() }
  expect(dueAttempts(findings, options).map(({ findingId }) => findingId)).toEqual([
    'f10',
    'f20',
    'f30',
  ])
})
