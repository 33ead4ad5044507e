import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonicalJson } from '@whodid/model'
import { revocationRecord } from '../../packages/server/src/revocation/revocation-record.ts'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'

let ledger: Ledger

beforeAll(async () => {
  ledger = await startLedger()
})

afterAll(async () => {
  await ledger.stop()
})

const view =
  'SELECT tenant, seq, action, target_kind, target_id, cascades, cause, initiator FROM whodid.v_revocations ORDER BY seq FORMAT JSONEachRow'

test('v_revocations has the orders that Whodid recorded, of the reader’s tenant, and none that a sender claims', async () => {
  expect(await ledger.sql('reader', view, { log_comment: 'default' })).toBe('')
  const order = {
    seq: 1,
    id: '11'.repeat(16),
    tenant: 'default',
    action: 'revoke',
    target: { kind: 'instance', id: 'i1' },
    cascade: true,
    cause: 'incident 42',
    initiator: 'admin',
    atUnixNs: 1_795_000_000_000_000_000n,
    record: `${'ab'.repeat(16)}-${'cd'.repeat(8)}`,
  } as const
  const own = revocationRecord(order)
  const resumed = revocationRecord({
    ...order,
    seq: 2,
    id: '22'.repeat(16),
    action: 'resume',
    cascade: false,
    record: `${'ac'.repeat(16)}-${'cd'.repeat(8)}`,
  })
  const elsewhere = revocationRecord({
    ...order,
    tenant: 'other',
    record: `${'ad'.repeat(16)}-${'cd'.repeat(8)}`,
  })
  const forged = {
    ...own,
    exporter: 'ingest',
    spanIdHex: 'ee'.repeat(8),
    attributes: canonicalJson({
      'whodid.revocation.id': 'x',
      'whodid.revocation.action': 'resume',
    }),
  }
  await ledger.insert([own, resumed, elsewhere, forged])
  const rows = (await ledger.sql('reader', view, { log_comment: 'default' }))
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  const target = {
    target_kind: 'instance',
    target_id: 'i1',
    cause: 'incident 42',
    initiator: 'admin',
  }
  expect(rows).toEqual([
    { tenant: 'default', seq: '1', action: 'revoke', cascades: 1, ...target },
    { tenant: 'default', seq: '2', action: 'resume', cascades: 0, ...target },
  ])
})
