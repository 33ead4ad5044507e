import type { Channel, LedgerRecord } from '@whodid/model'
import { expect, test } from 'vitest'
import { channelOf, mayHintAt } from './channel-of.ts'
import type { IngestClient } from './ingest-clients.ts'

const all: IngestClient = {
  name: 'laptop',
  tenant: 'acme',
  tokenSha256: '',
  templates: '*',
  humans: true,
  services: true,
}
const bound: IngestClient = { ...all, templates: ['repo-triage'], humans: false, services: false }
const sidecar: IngestClient = { ...bound, templates: [], infrastructure: true }
const agents: IngestClient = { ...all, humans: false }
const unbound: IngestClient = { ...all, templates: null }

type Claim = Parameters<typeof channelOf>[1]
const agent = (templateId: string, instanceId: string): Claim => ({
  actorType: 'agent',
  templateId,
  instanceId,
  templateRule: '',
  instanceRule: '',
})
const actor = (actorType: LedgerRecord['actorType']): Claim => ({
  actorType,
  templateId: '',
  instanceId: '',
  templateRule: '',
  instanceRule: '',
})

const hinted: Claim = {
  ...agent('some-service', 'some-session'),
  templateRule: 'resource.service_name',
  instanceRule: 'session_id',
}

test.each<[string, IngestClient, Claim, Channel]>([
  ['its template', bound, agent('repo-triage', 'i-1'), 'entitled'],
  ['another template', bound, agent('db-fixer', 'i-1'), 'unentitled'],
  ['an instance of no template', bound, agent('', 'i-1'), 'unentitled'],
  ['an agent that it does not name', bound, agent('', ''), 'unbound'],
  ['an agent that only its service and session hint at', bound, hinted, 'unbound'],
  ['a human', bound, actor('human'), 'unentitled'],
  ['a service', bound, actor('service'), 'unentitled'],
  ['nobody', bound, actor(''), 'unbound'],
  ['nobody, being infrastructure', sidecar, actor(''), 'entitled'],
  ['an agent, being infrastructure', sidecar, agent('repo-triage', 'i-1'), 'unentitled'],
  ['an agent that it does not name, being infrastructure', sidecar, agent('', ''), 'unbound'],
  ['a human, being infrastructure', sidecar, actor('human'), 'unentitled'],
  ['nobody, speaking for all agents and no human', agents, actor(''), 'unbound'],
  [
    'its template, hinted at',
    bound,
    { ...hinted, templateId: 'repo-triage', instanceId: '' },
    'entitled',
  ],
  ['any template', all, agent('db-fixer', 'i-1'), 'entitled'],
  ['a human, being allowed to', all, actor('human'), 'entitled'],
  ['a service, being allowed to', all, actor('service'), 'entitled'],
  ['nobody, speaking for all', all, actor(''), 'entitled'],
  ['a template, bound to no actor', unbound, agent('repo-triage', 'i-1'), 'unbound'],
  ['a human, bound to no actor', unbound, actor('human'), 'unbound'],
])('a token that speaks for %s', (_, exporter, claim, channel) => {
  expect(channelOf(exporter, claim)).toBe(channel)
})

test.each([agent('repo-triage', 'i-1'), actor('human'), actor('')])(
  'an importer speaks for nobody, whatever its token says: %j',
  (claim) => {
    expect(channelOf({ ...all, imports: true }, claim)).toBe('imported')
  },
)

test.each<[IngestClient, string, boolean]>([
  [bound, 'repo-triage', true],
  [bound, 'some-service', false],
  [sidecar, 'some-service', false],
  [all, 'some-service', true],
  [unbound, 'some-service', true],
])('a hint at a template is taken only from a token that may name it', (exporter, id, may) => {
  expect(mayHintAt(exporter, id)).toBe(may)
})
