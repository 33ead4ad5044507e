import { canonicalJson } from '@whodid/model'
import { agentAct, untrustedInput } from './detection-case.ts'
import type { DetectionCases, Played } from './detection-case.ts'

/** An order to stop, as Whodid records it. */
function order(
  at: number,
  action: string,
  target: { readonly kind: string; readonly id: string; readonly cascade?: boolean },
): Played {
  const { kind, id, cascade = false } = target
  return {
    at,
    exporter: 'whodid',
    recordKind: 'action',
    actorType: 'service',
    serviceName: 'whodid',
    verb: 'delete',
    outcome: 'success',
    actionId: `whodid:${action}:${at}`,
    attributes: canonicalJson({
      'whodid.revocation.id': `order-${at}`,
      'whodid.revocation.action': action,
      'whodid.revocation.target.kind': kind,
      'whodid.revocation.target.id': id,
      'whodid.revocation.cascade': cascade,
    }),
  }
}

function decision(at: number, approvalDecision: string, fields: Omit<Played, 'at'> = {}): Played {
  return {
    ...agentAct(at),
    recordKind: 'approval',
    verb: '',
    outcome: '',
    resourceId: '',
    toolName: 'drop_table',
    trace: 't',
    approvalDecision,
    ...fields,
  }
}

const destroyed = { verb: 'delete', toolName: 'drop_table', trace: 't' }
const nobody = { actorType: '', templateId: '', instanceId: '' } as const
const memory = 'memory:notes/customers'

/** Cases of the detections about single acts and what went before them. */
export const actCases: readonly DetectionCases[] = [
  {
    rule: 'untraceable-act',
    positive: {
      'a row is gone': {
        records: [agentAct(1, { ...nobody, ...destroyed })],
        subjects: ['resource:db:row:shop/customers/42'],
      },
    },
    negative: {
      'the trace names an agent': [
        agentAct(1, { trace: 't' }),
        agentAct(2, { ...nobody, ...destroyed }),
      ],
      'nothing was destroyed': [agentAct(1, { ...nobody, trace: 't' })],
      'it failed': [agentAct(1, { ...nobody, ...destroyed, outcome: 'failure' })],
    },
    mutations: [
      ['trace_id NOT IN', "trace_id = '' OR trace_id IN"],
      [
        "AND destructive AND verdict = 'undetermined' AND outcome",
        "AND verdict = 'undetermined' AND outcome",
      ],
    ],
  },
  {
    rule: 'zombie-act',
    positive: {
      'a minute after it was stopped': {
        records: [order(1, 'revoke', { kind: 'instance', id: 'i1' }), agentAct(61)],
        subjects: ['instance:i1'],
      },
      'the child of one that was stopped with all below it': {
        records: [
          order(1, 'revoke', { kind: 'instance', id: 'p', cascade: true }),
          agentAct(61, { instanceId: 'c', instanceParentId: 'p' }),
        ],
        subjects: ['instance:c'],
      },
    },
    negative: {
      'before the order': [agentAct(1), order(61, 'revoke', { kind: 'instance', id: 'i1' })],
      'within the time that an order takes': [
        order(1, 'revoke', { kind: 'instance', id: 'i1' }),
        agentAct(4),
      ],
      resumed: [
        order(1, 'pause', { kind: 'instance', id: 'i1' }),
        order(30, 'resume', { kind: 'instance', id: 'i1' }),
        agentAct(61),
      ],
      'another instance': [
        order(1, 'revoke', { kind: 'instance', id: 'i1' }),
        agentAct(61, { instanceId: 'i2' }),
      ],
      'a child that was not meant': [
        order(1, 'revoke', { kind: 'instance', id: 'p' }),
        agentAct(61, { instanceId: 'c', instanceParentId: 'p' }),
      ],
      'an order that somebody else claims': [
        { ...order(1, 'revoke', { kind: 'instance', id: 'i1' }), exporter: 'test' },
        agentAct(61),
      ],
    },
    mutations: [
      ["action IN ('revoke', 'pause')", "action != ''"],
      ['(cascades OR NOT by_parent)', '1'],
      ['toIntervalSecond({grace_seconds:UInt64})', 'toIntervalSecond(0 * {grace_seconds:UInt64})'],
    ],
  },
  {
    rule: 'approval-missing',
    positive: {
      'no approval': { records: [agentAct(2, destroyed)], subjects: ['instance:i1'] },
    },
    negative: {
      'allowed before': [decision(1, 'allow'), agentAct(2, destroyed)],
      'nothing was destroyed': [agentAct(2, { trace: 't' })],
      'allowed, and the approval came in later': [
        decision(1, 'allow', { late: 20 }),
        agentAct(2, destroyed),
      ],
    },
    mutations: [
      ['WHERE NOT arrayExists', 'WHERE arrayExists'],
      [
        "AND destructive AND outcome = 'success' AND verdict",
        "AND outcome = 'success' AND verdict",
      ],
    ],
  },
  {
    rule: 'approval-too-fast',
    positive: {
      'half a second': {
        records: [
          decision(1, 'require_approval'),
          decision(1.5, 'allow', { approverId: 'dba@acme.example', approvalSource: 'human' }),
        ],
        subjects: ['person:dba@acme.example'],
      },
    },
    negative: {
      'ten seconds': [
        decision(1, 'require_approval'),
        decision(11, 'allow', { approverId: 'dba@acme.example', approvalSource: 'human' }),
      ],
      'by a policy': [
        decision(1, 'require_approval'),
        decision(1.5, 'allow', { approverId: 'dba@acme.example', approvalSource: 'policy' }),
      ],
      'of another tool': [
        decision(1, 'require_approval', { toolName: 'send_mail' }),
        decision(1.5, 'allow', { approverId: 'dba@acme.example', approvalSource: 'human' }),
      ],
      denied: [
        decision(1, 'require_approval'),
        decision(1.5, 'deny', { approverId: 'dba@acme.example', approvalSource: 'human' }),
      ],
    },
    mutations: [
      ['< 1000 * {seconds_min:Float64}', '< 100000 * {seconds_min:Float64}'],
      ["AND source NOT IN ('policy', 'config', 'classifier', 'timeout')", ''],
      ["decision = 'allow' AND", ''],
      [' AND allowed.covers = asked.asked_covers', ''],
    ],
  },
  {
    rule: 'poisoned-memory',
    positive: {
      'written after an issue, read by another': {
        records: [
          untrustedInput(-7_200, { instanceId: 'writer' }),
          agentAct(-7_100, { instanceId: 'writer', verb: 'create', resourceId: memory }),
          untrustedInput(1, { instanceId: 'reader', inputSource: memory, inputTrust: 'trusted' }),
        ],
        subjects: [`resource:${memory}`],
      },
    },
    negative: {
      'written after trusted reading': [
        untrustedInput(-7_200, { instanceId: 'writer', inputTrust: 'trusted' }),
        agentAct(-7_100, { instanceId: 'writer', verb: 'create', resourceId: memory }),
        untrustedInput(1, { instanceId: 'reader', inputSource: memory, inputTrust: 'trusted' }),
      ],
      'written hours after': [
        untrustedInput(-20_000, { instanceId: 'writer' }),
        agentAct(-7_100, { instanceId: 'writer', verb: 'create', resourceId: memory }),
        untrustedInput(1, { instanceId: 'reader', inputSource: memory, inputTrust: 'trusted' }),
      ],
      'another memory': [
        untrustedInput(-7_200, { instanceId: 'writer' }),
        agentAct(-7_100, { instanceId: 'writer', verb: 'create', resourceId: memory }),
        untrustedInput(1, { instanceId: 'reader', inputSource: 'memory:other' }),
      ],
      'a file, which is no memory': [
        untrustedInput(-7_200, { instanceId: 'writer' }),
        agentAct(-7_100, { instanceId: 'writer', verb: 'create', resourceId: 'file:/a' }),
        untrustedInput(1, { instanceId: 'reader', inputSource: 'file:/a' }),
      ],
    },
    mutations: [
      ["AND input_trust = 'untrusted' AND instance_id", 'AND instance_id'],
      ['toIntervalMinute({minutes:UInt64})', 'toIntervalMinute(100 * {minutes:UInt64})'],
      ["AND (startsWith(resource_id, 'memory:') OR resource_type = 'memory')", ''],
    ],
  },
  {
    rule: 'destructive-burst',
    positive: {
      'twelve rows in a minute': {
        records: Array.from({ length: 12 }, (_, n) =>
          agentAct(n * 5, { ...destroyed, resourceId: `db:row:shop/customers/${n}` }),
        ),
        subjects: ['instance:i1'],
      },
    },
    negative: {
      'one row, twelve times': Array.from({ length: 12 }, (_, n) => agentAct(n * 5, destroyed)),
      'one row gone, twelve updated': [
        agentAct(1, destroyed),
        ...Array.from({ length: 12 }, (_, n) =>
          agentAct(n * 5, { resourceId: `db:row:shop/customers/${n}` }),
        ),
      ],
      'six rows': Array.from({ length: 6 }, (_, n) =>
        agentAct(n * 5, { ...destroyed, resourceId: `db:row:shop/customers/${n}` }),
      ),
    },
    mutations: [
      ['HAVING uniqExact(resource_id)', 'HAVING count()'],
      ['AND destructive AND outcome', 'AND outcome'],
      ['>= {resources_min:UInt64}', '>= 0 * {resources_min:UInt64}'],
    ],
  },
]
