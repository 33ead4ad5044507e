import { afterAll, beforeAll, expect, test } from 'vitest'
import { registrationRecord } from '@whodid/model'
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
  'SELECT template, owner, toString(expires_at) AS expires, states_tools, tools, states_resources, resources, states_scopes FROM whodid.v_registry_templates ORDER BY template, recorded_at FORMAT JSONEachRow'

test('v_registry_templates has the versions that Whodid recorded, of the reader’s tenant, and none that a sender claims', async () => {
  const registered = {
    tenant: 'default',
    definition: {
      template: 'db-fixer',
      owner: 'platform',
      justification: 'repairs orders',
      expires_at: '2027-01-01T00:00:00.000000000Z',
      scopes: null,
      audiences: null,
      tools: ['get_*', 'merge'],
      resources: [],
      prompt: null,
    },
    recordedBy: 'admin',
    recordedAtUnixNs: 1_795_000_000_000_000_000n,
    record: `${'ab'.repeat(16)}-${'cd'.repeat(8)}`,
  }
  const own = registrationRecord(registered)
  const elsewhere = registrationRecord({
    ...registered,
    tenant: 'other',
    record: `${'ad'.repeat(16)}-${'cd'.repeat(8)}`,
  })
  // Entitled to speak for a service of that name, and still not Whodid.
  const forged = { ...own, exporter: 'ingest', spanIdHex: 'ee'.repeat(8) }
  await ledger.insert([own, elsewhere, forged])
  const rows = (await ledger.sql('reader', view, { log_comment: 'default' }))
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(rows).toEqual([
    {
      template: 'db-fixer',
      owner: 'platform',
      expires: '2027-01-01 00:00:00.000000000',
      states_tools: 1,
      tools: ['get_*', 'merge'],
      states_resources: 1,
      resources: [],
      states_scopes: 0,
    },
  ])
})
