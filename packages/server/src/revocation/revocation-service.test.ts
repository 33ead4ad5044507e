import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RevocationRequest } from '@whodid/api'
import { WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { openRevocations } from './revocation-service.ts'
import type { OpenedRevocations } from './revocation-service.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-revocations-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** The ledger's log, which can be full. */
interface Log {
  isFull: boolean
  readonly records: LedgerRecord[]
  readonly late: string[]
}

async function open(log: Log): Promise<OpenedRevocations> {
  let nowNs = 1_000n
  return openRevocations({
    dir,
    record: (records) => {
      if (log.isFull) return Promise.reject(new WhodidError('log_full', 'full'))
      log.records.push(...records)
      return Promise.resolve()
    },
    now: () => (nowNs += 1n),
    onLate: (message) => log.late.push(message),
  })
}

const newLog = (): Log => ({ isFull: false, records: [], late: [] })

const request = (id: string, change: Partial<RevocationRequest> = {}): RevocationRequest => ({
  tenant: 'default',
  action: 'revoke',
  target: { kind: 'instance', id },
  cascade: true,
  cause: 'test',
  initiator: 'admin',
  ...change,
})

describe('openRevocations', () => {
  it('numbers the orders of each tenant without a hole, however many come at once', async () => {
    const log = newLog()
    const service = await open(log)
    const told: number[] = []
    const unfollow = service.follow('default', ({ seq }) => told.push(seq))
    const ids = Array.from({ length: 20 }, (_, n) => `i${n}`)
    await Promise.all(ids.map((id) => service.revoke(request(id))))
    const other = await service.revoke(request('i0', { tenant: 'other' }))
    expect(told).toEqual(ids.map((_, n) => n + 1))
    expect(other.seq).toBe(1)
    expect(service.newestSeq('default')).toBe(20)
    expect(service.list('default', 18, 10).map(({ seq }) => seq)).toEqual([19, 20])
    unfollow()
    await service.revoke(request('i20'))
    expect(told).toHaveLength(20)
    expect(log.records).toHaveLength(22)
    expect(JSON.parse(log.records[0]?.attributes ?? '')).toMatchObject({
      'whodid.revocation.action': 'revoke',
      'whodid.revocation.target.kind': 'instance',
      'whodid.revocation.target.id': 'i0',
      'whodid.revocation.cause': 'test',
      'whodid.revocation.initiator.id': 'admin',
    })
  })

  it('has in force after a restart what it confirmed, and puts on record what was not yet', async () => {
    const log = newLog()
    log.isFull = true
    const before = await open(log)
    const made = await before.revoke(request('i1'))
    const agent = { instance: 'i1' }
    expect(before.stopsOf('default', agent)).toMatchObject([{ by: { id: made.id } }])
    expect(log.late).toHaveLength(1)

    const after = await open(log)
    expect(after.list('default', 0, 10)).toEqual([made])
    expect(after.stopsOf('default', agent)).toMatchObject([
      { by: { id: made.id }, until: undefined, record: made.record },
    ])
    expect(after.stopsOf('other', agent)).toEqual([])
    expect(after.seqOf('default', made.id)).toBe(1)
    expect(after.seqOf('other', made.id)).toBe(0)
    expect(await after.resume()).toBe(1)
    log.isFull = false
    expect(await after.resume()).toBe(0)
    expect(log.records.map(({ name }) => name)).toEqual(['whodid.revoke'])
    // A third run has nothing left to record.
    expect(await (await open(log)).resume()).toBe(0)
    expect(log.records).toHaveLength(1)
  })

  it('has orders that come at once in force before it puts any of them on record', async () => {
    const log = newLog()
    const service = await open(log)
    const inForce: number[] = []
    service.follow('default', () => inForce.push(log.records.length))
    const orders = await Promise.all(['i1', 'i2', 'i3'].map((id) => service.revoke(request(id))))
    expect(inForce).toEqual([0, 0, 0])
    expect(log.records.map(({ spanIdHex }) => spanIdHex)).toEqual(
      orders.map(({ record }) => record.split('-')[1]),
    )
  })

  it('drops a torn end, which was never confirmed, and refuses damage in between', async () => {
    const log = newLog()
    await (await open(log)).revoke(request('i1'))
    const path = join(dir, 'revocations.jsonl')
    await appendFile(path, '{"revocation":{"seq":2,')
    const service = await open(log)
    expect(service.newestSeq('default')).toBe(1)
    expect((await service.revoke(request('i2'))).seq).toBe(2)
    expect((await open(log)).newestSeq('default')).toBe(2)

    const lines = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, ['{"revocation":{}}', ...lines.slice(1)].join('\n'))
    await expect(open(log)).rejects.toMatchObject({ code: 'invalid_config' })
  })

  it('confirms nothing that it cannot make durable', async () => {
    const log = newLog()
    const service = await open(log)
    await rm(dir, { recursive: true })
    await writeFile(dir, 'no directory')
    await expect(service.revoke(request('i1'))).rejects.toMatchObject({ code: 'log_failed' })
    expect(service.newestSeq('default')).toBe(0)
    expect(log.records).toEqual([])
  })
})
