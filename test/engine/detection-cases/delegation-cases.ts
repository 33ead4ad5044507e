import { agentAct } from './detection-case.ts'
import type { DetectionCases } from './detection-case.ts'

/** Cases of the detections about on whose behalf an agent acts, and how far it may. */
export const delegationCases: readonly DetectionCases[] = [
  {
    rule: 'unmapped-account',
    positive: {
      'a credential, and nobody': {
        records: [
          agentAct(1, { actorType: '', templateId: '', instanceId: '', credentialId: 'sa-1' }),
        ],
        subjects: ['credential:sa-1'],
      },
    },
    negative: {
      'a service that names itself': [
        agentAct(1, {
          actorType: 'service',
          serviceName: 'billing',
          templateId: '',
          instanceId: '',
          credentialId: 'sa-1',
        }),
      ],
      'a read': [
        agentAct(1, {
          actorType: '',
          templateId: '',
          instanceId: '',
          credentialId: 'sa-1',
          verb: 'read',
        }),
      ],
    },
    mutations: [
      ["verdict = 'undetermined'", "verdict != ''"],
      ["verb NOT IN ('', 'read')", "verb != ''"],
    ],
  },
  {
    rule: 'missing-on-behalf-of',
    positive: {
      'nobody in the trace': {
        records: [agentAct(1)],
        subjects: ['template:fixer'],
      },
    },
    negative: {
      'the prompt names the person': [
        agentAct(1, {
          trace: 't',
          recordKind: 'prompt',
          verb: '',
          resourceId: '',
          delegatorId: 'dev@acme.example',
          delegatorType: 'human',
        }),
        agentAct(2, { trace: 't' }),
      ],
      'for a schedule': [agentAct(1, { delegatorType: 'schedule' })],
      'the prompt is a schedule’s': [
        agentAct(1, { trace: 't', recordKind: 'prompt', verb: '', delegatorType: 'schedule' }),
        agentAct(2, { trace: 't' }),
      ],
      'a read': [agentAct(1, { verb: 'read' })],
    },
    mutations: [
      ['trace_id NOT IN', "trace_id = '' OR trace_id IN"],
      ["(delegator_id != '' OR delegator_type != '')", "(delegator_id != '')"],
      ["verb NOT IN ('', 'read') AND outcome", "verb != '' AND outcome"],
    ],
  },
  {
    rule: 'missing-delegation',
    positive: {
      'its own key, for a person': {
        records: [
          agentAct(1, {
            delegatorId: 'dev@acme.example',
            delegatorType: 'human',
            credentialId: 'key-1',
          }),
        ],
        subjects: ['template:fixer'],
      },
    },
    negative: {
      'a grant stands behind it': [
        agentAct(1, {
          delegatorId: 'dev@acme.example',
          delegatorType: 'human',
          credentialId: 'key-1',
          delegationId: 'g1',
        }),
      ],
      'the credential names the agent': [
        agentAct(1, {
          delegatorId: 'dev@acme.example',
          delegatorType: 'human',
          credentialId: 'key-1',
          credentialActor: 'i1',
        }),
      ],
      'for a service': [
        agentAct(1, { delegatorId: 'cron', delegatorType: 'service', credentialId: 'key-1' }),
      ],
    },
    mutations: [
      ["delegation_id = '' AND ", ''],
      [" AND credential_actor = ''", ''],
      ["delegator_type = 'human'", "delegator_type != ''"],
    ],
  },
  {
    rule: 'other-persons-credential',
    positive: {
      'for one, under another': {
        records: [
          agentAct(1, {
            delegatorId: 'dev@acme.example',
            delegatorType: 'human',
            credentialId: 'pat-2',
            credentialSubject: 'boss@acme.example',
          }),
        ],
        subjects: ['instance:i1'],
      },
    },
    negative: {
      'the same person, in capitals': [
        agentAct(1, {
          delegatorId: 'dev@acme.example',
          delegatorType: 'human',
          credentialId: 'pat-2',
          credentialSubject: 'Dev@acme.example',
        }),
      ],
      'a login, which may be the same person': [
        agentAct(1, {
          delegatorId: 'dev@acme.example',
          delegatorType: 'human',
          credentialId: 'pat-2',
          credentialSubject: 'octodev',
        }),
      ],
    },
    mutations: [
      ['lower(delegator_id) != lower(credential_subject)', 'delegator_id != credential_subject'],
      ["AND position(credential_subject, '@') > 1", ''],
    ],
  },
  {
    rule: 'expired-credential',
    positive: {
      'used an hour past its end': {
        records: [
          agentAct(1, { credentialId: 'key-1', credentialExpiresAt: '2026-11-20T11:00:00Z' }),
        ],
        subjects: ['credential:key-1'],
      },
    },
    negative: {
      'still valid': [
        agentAct(1, { credentialId: 'key-1', credentialExpiresAt: '2026-11-20T13:00:00Z' }),
      ],
      'clocks that differ a little': [
        agentAct(1, { credentialId: 'key-1', credentialExpiresAt: '2026-11-20T11:59:30Z' }),
      ],
      'refused, as it should be': [
        agentAct(1, {
          credentialId: 'key-1',
          credentialExpiresAt: '2026-11-20T11:00:00Z',
          outcome: 'denied',
        }),
      ],
      'an end that is no time': [
        agentAct(1, { credentialId: 'key-1', credentialExpiresAt: 'soon' }),
      ],
    },
    mutations: [
      [
        '+ toIntervalSecond({skew_seconds:UInt64})',
        '+ toIntervalSecond(0 * {skew_seconds:UInt64})',
      ],
      ["AND outcome = 'success'", ''],
      ['ts > ends_at +', 'ts > ends_at - INTERVAL 2 HOUR +'],
    ],
  },
  {
    rule: 'wider-delegation',
    positive: {
      'a child with a scope more': {
        records: [
          agentAct(1, { instanceId: 'p', delegationScopes: ['repo:read'] }),
          agentAct(2, {
            instanceId: 'c',
            instanceParentId: 'p',
            delegationScopes: ['repo:read', 'db:write'],
          }),
        ],
        subjects: ['instance:c'],
      },
    },
    negative: {
      'a child with fewer': [
        agentAct(1, { instanceId: 'p', delegationScopes: ['repo:read', 'db:write'] }),
        agentAct(2, { instanceId: 'c', instanceParentId: 'p', delegationScopes: ['repo:read'] }),
      ],
      'a parent that states none': [
        agentAct(1, { instanceId: 'p' }),
        agentAct(2, { instanceId: 'c', instanceParentId: 'p', delegationScopes: ['repo:read'] }),
      ],
    },
    mutations: [['scope -> NOT has(held, scope)', 'scope -> has(held, scope)']],
  },
]
