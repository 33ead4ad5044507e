import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEvidenceService } from './evidence-service.ts'
import type { EvidenceService } from './evidence-service.ts'

// An administrator edits a row in ClickHouse; then an honest service, asked for evidence, hands out what it finds there.

const resource = 'db:row:shop/orders/42'
const act = {
  'whodid.record.kind': 'tool_call',
  'whodid.actor.type': 'agent',
  'gen_ai.agent.id': 'refunds',
  'whodid.agent.instance.id': 'run-1',
  'whodid.delegator.id': 'mallory@acme.example',
  'whodid.delegator.type': 'human',
  'whodid.action.verb': 'delete',
  'whodid.action.outcome': 'success',
  'whodid.resource.id': resource,
}

let service: EvidenceService

beforeAll(async () => {
  service = await startEvidenceService()
})

afterAll(async () => {
  await service.stop()
})

test('a package made of an edited ledger fails offline, and the verifier names the record', async () => {
  const { engine } = service.ledger
  await service.send([{ id: 'ed', attributes: act }])
  const honest = await service.verify(await service.exported(resource))
  expect(honest.stdout).toContain('OK ')
  expect(honest.code).toBe(0)
  await engine.dba(
    `ALTER TABLE whodid.spans UPDATE delegator_id = 'jane@acme.example' WHERE resource_id = '${resource}'`,
  )
  expect(
    await engine.dba(`SELECT delegator_id FROM whodid.spans WHERE resource_id = '${resource}'`),
  ).toBe('jane@acme.example')
  const edited = await service.verify(await service.exported(resource))
  expect(edited.code).toBe(40)
  expect(edited.stdout).toContain('FAILED tampered: ')
  expect(edited.stdout).toMatch(
    /records\.bin: (?:ed){16}-(?:ed){8}.*, record 0 of the log, is not what was sealed there/u,
  )
})

test('a package whose list of acts was made from a forged row of another table fails offline', async () => {
  const { engine } = service.ledger
  const [other, table] = ['db:row:shop/orders/43', 'whodid.acts']
  await service.send([
    { id: 'ee', trace: 'ee', attributes: { ...act, 'whodid.resource.id': other } },
  ])
  const before = await service.verify(await service.exported(other))
  expect(before).toMatchObject({ code: 0 })
  const columns =
    "* REPLACE (unhex(repeat('0a', 8)) AS span_id, age + 1000000000 AS age, nts + 1000000000 AS nts)"
  await engine.dba(
    `INSERT INTO ${table} SELECT ${columns} FROM ${table} WHERE key = sipHash64('resource', '${other}')`,
  )
  const forged = await service.verify(await service.exported(other))
  expect(forged.code).toBe(40)
  expect(forged.stdout).toContain('FAILED tampered: evidence.json')
})
