import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bindToInstance } from './bind-instance.ts'
import { channelOf } from './channel-of.ts'
import type { IngestClient } from './ingest-clients.ts'
import { LaunchCredentials } from './launch-credentials.ts'

let directory: string
let nowMs: number
let senders: IngestClient[]

const ci: IngestClient = {
  name: 'ci',
  tenant: 'acme',
  tokenSha256: '',
  templates: ['triage'],
  humans: false,
  services: false,
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'whodid-launch-'))
  nowMs = 1_000
  senders = [ci]
})

afterEach(() => rm(directory, { recursive: true }))

function open(): LaunchCredentials {
  return new LaunchCredentials({
    path: join(directory, 'launches.jsonl'),
    nowMs: () => nowMs,
    named: (name) => senders.find((sender) => sender.name === name),
  })
}

const asked = { template: 'triage', instance: 'i-1', mayLaunch: [], lifetimeMs: 1_000 }
const header = (credential: string): string => `Bearer ${credential}`

describe('launch credentials', () => {
  it('speak for one instance, until they expire, are ended, or their issuer loses the right', async () => {
    const launches = open()
    const { credential } = await launches.issue('ci', asked)
    expect(launches.find(header(credential))).toMatchObject({
      name: 'ci:i-1',
      tenant: 'acme',
      templates: ['triage'],
      instance: 'i-1',
      humans: false,
      services: false,
    })
    expect(launches.find('Bearer whodid_ing_another_kind')).toBeUndefined()
    senders = [{ ...ci, templates: ['another'] }]
    expect(() => launches.find(header(credential))).toThrow('ended')
    senders = [ci]
    nowMs = 1_900
    expect(await launches.renew(header(credential), 1_000)).toBe(2_900)
    nowMs = 2_800
    expect(launches.named('ci:i-1')?.instance).toBe('i-1')
    nowMs = 2_900
    expect(() => launches.find(header(credential))).toThrow('ended')
    await expect(launches.renew(header(credential), 1_000)).rejects.toThrow('ended')
    const second = await launches.issue('ci', asked)
    await launches.end(header(second.credential))
    expect(() => launches.find(header(second.credential))).toThrow('ended')
  })

  it('outlive a restart, and are on the disk as hashes only', async () => {
    const first = open()
    const kept = await first.issue('ci', asked)
    const ended = await first.issue('ci', { ...asked, instance: 'i-2' })
    await first.end(header(ended.credential))
    const file = await readFile(join(directory, 'launches.jsonl'), 'utf8')
    expect(file).not.toContain(kept.credential)
    const second = open()
    await second.restore()
    expect(second.find(header(kept.credential))?.instance).toBe('i-1')
    expect(() => second.find(header(ended.credential))).toThrow('ended')
  })
})

describe('records of a launched instance', () => {
  const client: IngestClient = { ...ci, instance: 'i-1' }
  const bound = (fields: Partial<LedgerRecord>): LedgerRecord => {
    const record = { ...blankRecord(), ...fields }
    bindToInstance(record, client)
    return record
  }

  it.each<[string, Partial<LedgerRecord>, string, string]>([
    ['names nobody', {}, 'i-1', 'entitled'],
    ['names the template alone', { actorType: 'agent', templateId: 'triage' }, 'i-1', 'entitled'],
    [
      'is only hinted at by a session',
      { actorType: 'agent', instanceId: 's-9', instanceRule: 'session_id' },
      'i-1',
      'entitled',
    ],
    [
      'names a run of a framework by a rule',
      { actorType: 'agent', instanceId: 'run-9', instanceRule: 'mastra.run_id' },
      'i-1',
      'entitled',
    ],
    [
      'names an instance below its own',
      { actorType: 'agent', templateId: 'triage', instanceId: 'i-1/sub' },
      'i-1/sub',
      'entitled',
    ],
    [
      'names another instance',
      { actorType: 'agent', templateId: 'triage', instanceId: 'i-10' },
      'i-10',
      'unentitled',
    ],
    [
      'names another template',
      { actorType: 'agent', templateId: 'fixer', instanceId: 'i-1' },
      'i-1',
      'unentitled',
    ],
    ['names a human', { actorType: 'human', userId: 'ada' }, '', 'unentitled'],
  ])('that %s', (_, fields, instance, channel) => {
    const record = bound(fields)
    expect(record.instanceId).toBe(instance)
    expect(channelOf(client, record)).toBe(channel)
  })

  it('of a sender that is bound to no instance stay as they are', () => {
    const record = blankRecord()
    bindToInstance(record, ci)
    expect(record).toEqual(blankRecord())
  })
})
