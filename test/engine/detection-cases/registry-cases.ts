import { registrationRecord } from '@whodid/model'
import { agentAct, windowStartNs } from './detection-case.ts'
import type { DetectionCases, Played } from './detection-case.ts'

/** A version of a template, as Whodid records it. */
function registered(at: number, template: string, more: object = {}): Played {
  const { recordKind, actorType, serviceName, verb, outcome, actionId, resourceId, ...others } =
    registrationRecord({
      tenant: '',
      definition: {
        template,
        owner: 'platform',
        justification: 'repairs',
        expires_at: '2100-01-01T00:00:00.000000000Z',
        scopes: null,
        audiences: null,
        tools: null,
        resources: null,
        prompt: null,
        ...more,
      },
      recordedBy: 'admin',
      recordedAtUnixNs: windowStartNs,
      record: '',
    })
  const { resourceType, attributes } = others
  return {
    at,
    exporter: 'whodid',
    recordKind,
    actorType,
    serviceName,
    verb,
    outcome,
    actionId,
    resourceId,
    resourceType,
    attributes,
  }
}

const ended = { expires_at: '2026-11-20T12:01:00.000000000Z' }

/** Cases of the detection about the registry of templates. */
export const registryCases: readonly DetectionCases[] = [
  {
    rule: 'unregistered-act',
    positive: {
      'no version': { records: [registered(-60, 'other'), agentAct(1)], subjects: ['instance:i1'] },
      'a version that came later': {
        records: [registered(2, 'fixer'), agentAct(1)],
        subjects: ['instance:i1'],
      },
      'a version that had ended': {
        records: [registered(-60, 'fixer', ended), agentAct(61)],
        subjects: ['instance:i1'],
      },
      'a tool that is not listed': {
        records: [registered(-60, 'fixer', { tools: ['get_*', 'run'] }), agentAct(1)],
        subjects: ['instance:i1'],
      },
      'a tool that the newest version no longer lists': {
        records: [
          registered(-60, 'fixer', { tools: ['*'] }),
          registered(-30, 'fixer', { tools: [] }),
          agentAct(1),
        ],
        subjects: ['instance:i1'],
      },
    },
    negative: {
      'no registry': [agentAct(1)],
      'a registration that somebody else sent': [
        { ...registered(-60, 'other'), exporter: 'test' },
        agentAct(1),
      ],
      'a version that states no tools': [registered(-60, 'fixer'), agentAct(1)],
      'a tool that is listed': [registered(-60, 'fixer', { tools: ['run_sql'] }), agentAct(1)],
      'a tool whose beginning is': [registered(-60, 'fixer', { tools: ['run_*'] }), agentAct(1)],
      'an act without a tool': [
        registered(-60, 'fixer', { tools: [] }),
        agentAct(1, { toolName: '' }),
      ],
      'an act before the end, received after it': [
        registered(-60, 'fixer', ended),
        agentAct(30, { late: 60 }),
      ],
      'an act that was denied': [
        registered(-60, 'fixer', { tools: [] }),
        agentAct(1, { outcome: 'denied' }),
      ],
      'an act of a sender that may not speak for it': [
        registered(-60, 'other'),
        agentAct(1, { channel: 'unentitled' }),
      ],
    },
    mutations: [
      ["registered.template = ''", "registered.template != ''"],
      ['acts.judged_at >= registered.expires_at', 'acts.judged_at < registered.expires_at'],
      ['registered.states_tools AND', ''],
      ["endsWith(one, '*') AND", "endsWith(one, '?') AND"],
      ['least(ts, received_at)', 'received_at'],
      ["outcome NOT IN ('failure', 'denied')", "outcome NOT IN ('failure')"],
      [" AND channel != 'unentitled'", ''],
      [') > 0', ') >= 0'],
    ],
  },
]
