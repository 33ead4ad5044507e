import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StopOrder } from '@whodid/detect'
import { openRevocations } from '../revocation/revocation-service.ts'
import type { OpenedRevocations } from '../revocation/revocation-service.ts'
import { stopInstance } from './stop-instance.ts'

let dir: string
let revocations: OpenedRevocations

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-stop-'))
  let nowNs = 1_000n
  revocations = await openRevocations({
    dir,
    record: () => Promise.resolve(),
    now: () => (nowNs += 1n),
    onLate: () => undefined,
  })
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const order: StopOrder = {
  deliveryId: 'd1',
  attempt: 1,
  instance: 'i1',
  findings: [
    { id: 'f1', rule: 'zombie-act', severity: 'critical' },
    { id: 'f2', rule: 'borrowed-credential', severity: 'high' },
  ],
}

function stop(kind: 'pause' | 'kill', of: StopOrder = order) {
  const parts = { revocations, tenant: 'default', response: `do-${kind}`, kind, cascade: true }
  return stopInstance(of, parts)
}

const orders = () => revocations.list('default', 0, 100)

test('the order has the findings as its cause and the response as its initiator', async () => {
  expect(await stop('pause')).toEqual({ outcome: 'done', error: '', target: 'instance:i1' })
  expect(orders()).toMatchObject([
    {
      action: 'pause',
      target: { kind: 'instance', id: 'i1' },
      cascade: true,
      cause: 'findings zombie-act (f1), borrowed-credential (f2)',
      initiator: 'response:do-pause',
    },
  ])
})

test('what is stopped gets no second order; what is paused can be killed', async () => {
  await stop('pause')
  expect(await stop('pause')).toMatchObject({ outcome: 'done', error: 'already_stopped' })
  expect(await stop('kill')).toMatchObject({ outcome: 'done', error: '' })
  expect(await stop('kill')).toMatchObject({ error: 'already_stopped' })
  expect(await stop('pause')).toMatchObject({ error: 'already_stopped' })
  expect(orders().map(({ action }) => action)).toEqual(['pause', 'revoke'])
})

test('an instance that somebody lets run again can be paused again', async () => {
  await stop('pause')
  await revocations.revoke({
    tenant: 'default',
    action: 'resume',
    target: { kind: 'instance', id: 'i1' },
    cascade: true,
    cause: 'looked at',
    initiator: 'kim',
  })
  expect(await stop('pause')).toMatchObject({ error: '' })
  expect(orders().map(({ action }) => action)).toEqual(['pause', 'resume', 'pause'])
})

test('the cause is bounded, however many findings agree', async () => {
  const findings = Array.from({ length: 500 }, (_, n) => ({
    id: `${n}`.padStart(32, '0'),
    rule: 'destructive-burst',
    severity: 'high' as const,
  }))
  await stop('kill', { ...order, findings })
  expect(orders()[0]?.cause.length).toBeLessThanOrEqual(1_000)
})

test('an order that cannot be made durable has failed, and is tried again', async () => {
  await mkdir(join(dir, 'revocations.jsonl'))
  expect(await stop('pause')).toEqual({
    outcome: 'failed',
    error: 'log_failed',
    target: 'instance:i1',
  })
  expect(orders()).toEqual([])
})
