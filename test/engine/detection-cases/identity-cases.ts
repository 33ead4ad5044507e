import { agentAct } from './detection-case.ts'
import type { DetectionCases } from './detection-case.ts'

const borrowed = {
  credentialId: 'pat-1',
  credentialBorrowed: true,
  credentialSubject: 'dev@acme.example',
}
const daySeconds = 86_400

/** Cases of the detections about whose credential it is. */
export const identityCases: readonly DetectionCases[] = [
  {
    rule: 'borrowed-credential',
    positive: {
      'one instance, twice: one hit': {
        records: [agentAct(1, borrowed), agentAct(2, borrowed)],
        subjects: ['credential:pat-1'],
      },
      'no ID of the credential: the person': {
        records: [agentAct(1, { ...borrowed, credentialId: '' })],
        subjects: ['person:dev@acme.example'],
      },
    },
    negative: {
      'its own credential': [agentAct(1, { ...borrowed, credentialBorrowed: false })],
      'the person with it': [
        agentAct(1, {
          ...borrowed,
          actorType: 'human',
          userId: 'dev@acme.example',
          templateId: '',
          instanceId: '',
        }),
      ],
      'an act that was denied': [agentAct(1, { ...borrowed, outcome: 'denied' })],
      'received before the window': [agentAct(-30, borrowed)],
    },
    mutations: [
      ['AND credential_borrowed ', ''],
      ["verdict = 'agent'", "verdict != ''"],
      ["outcome = 'success'", "outcome != ''"],
      ["received_at > {since:DateTime64(9, 'UTC')}", "{since:DateTime64(9, 'UTC')} > 0"],
    ],
  },
  {
    rule: 'credential-at-once',
    positive: {
      'two that are no kin': {
        records: [
          agentAct(1, { credentialId: 'key-1' }),
          agentAct(20, { credentialId: 'key-1', instanceId: 'i2' }),
        ],
        subjects: ['credential:key-1'],
      },
    },
    negative: {
      'a parent and its child': [
        agentAct(1, { credentialId: 'key-1' }),
        agentAct(2, { credentialId: 'key-1', instanceId: 'i2', instanceParentId: 'i1' }),
      ],
      'one after the other': [
        agentAct(1, { credentialId: 'key-1' }),
        agentAct(400, { credentialId: 'key-1', instanceId: 'i2' }),
      ],
      'a credential each': [
        agentAct(1, { credentialId: 'key-1' }),
        agentAct(2, { credentialId: 'key-2', instanceId: 'i2' }),
      ],
    },
    mutations: [
      ["if(parent = '', instance_id, parent)", 'instance_id'],
      ['toStartOfFiveMinutes(ts)', 'toStartOfHour(ts)'],
      ['length(arrayDistinct(families)) >= {families_min:UInt64}', '{families_min:UInt64} > 0'],
    ],
  },
  {
    rule: 'shared-credential',
    positive: {
      'two templates, days apart': {
        records: [
          agentAct(-5 * daySeconds, { credentialId: 'key-1', templateId: 'reporter' }),
          agentAct(1, { credentialId: 'key-1' }),
        ],
        subjects: ['credential:key-1'],
      },
    },
    negative: {
      'two instances of one template': [
        agentAct(1, { credentialId: 'key-1' }),
        agentAct(2, { credentialId: 'key-1', instanceId: 'i2' }),
      ],
      'not used in the window': [
        agentAct(-50, { credentialId: 'key-1', templateId: 'reporter' }),
        agentAct(-40, { credentialId: 'key-1' }),
      ],
      'longer ago than it looks': [
        agentAct(-31 * daySeconds, { credentialId: 'key-1', templateId: 'reporter' }),
        agentAct(1, { credentialId: 'key-1' }),
      ],
    },
    mutations: [
      ['HAVING uniqExact(template_id)', 'HAVING uniqExact(instance_id)'],
      ['toIntervalDay({days:UInt64})', 'toIntervalDay(2 * {days:UInt64})'],
    ],
  },
  {
    rule: 'human-role',
    positive: {
      'the person yesterday, the agent now': {
        records: [
          agentAct(-daySeconds, {
            credentialId: 'key-1',
            actorType: 'human',
            userId: 'dev@acme.example',
            templateId: '',
            instanceId: '',
          }),
          agentAct(1, { credentialId: 'key-1' }),
        ],
        subjects: ['credential:key-1'],
      },
    },
    negative: {
      'the agent alone': [
        agentAct(-50, { credentialId: 'key-1' }),
        agentAct(1, { credentialId: 'key-1' }),
      ],
      'the person with another': [
        agentAct(1, {
          credentialId: 'key-2',
          actorType: 'human',
          userId: 'dev@acme.example',
          templateId: '',
          instanceId: '',
        }),
        agentAct(2, { credentialId: 'key-1' }),
      ],
    },
    mutations: [["AND countIf(verdict = 'human') > 0", '']],
  },
  {
    rule: 'long-lived-key',
    positive: {
      'ends in a year': {
        records: [
          agentAct(1, { credentialId: 'key-1', credentialExpiresAt: '2027-11-20T00:00:00Z' }),
        ],
        subjects: ['credential:key-1'],
      },
      'never ends, in use for ten days': {
        records: [
          agentAct(-10 * daySeconds, { credentialId: 'key-2' }),
          agentAct(1, { credentialId: 'key-2' }),
        ],
        subjects: ['credential:key-2'],
      },
    },
    negative: {
      'ends in an hour': [
        agentAct(1, { credentialId: 'key-1', credentialExpiresAt: '2026-11-20T13:00:00Z' }),
      ],
      'no end on record, new': [
        agentAct(-daySeconds, { credentialId: 'key-1' }),
        agentAct(1, { credentialId: 'key-1' }),
      ],
    },
    mutations: [
      ['> {days_used_max:UInt64}', '>= 0 * {days_used_max:UInt64}'],
      ['> {days_left_max:UInt64}', '> 1000 * {days_left_max:UInt64}'],
    ],
  },
]
