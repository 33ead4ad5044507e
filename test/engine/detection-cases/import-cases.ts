import { agentAct } from './detection-case.ts'
import type { DetectionCases } from './detection-case.ts'
import {
  after,
  claimed,
  covered,
  dev,
  merged,
  mergeByHand,
  mergeOfAgent,
  pull,
  stated,
} from './merged.ts'

/** Cases of the detections about what other systems' logs say. */
export const importCases: readonly DetectionCases[] = [
  {
    rule: 'ghost-act',
    positive: {
      'the same thing, verb and person within seconds': {
        records: [mergeOfAgent(10), merged(12)],
        subjects: [`person:${dev}`],
      },
      'the same credential': {
        records: [
          mergeOfAgent(10, { credentialId: 'pat-1', delegatorId: '' }),
          merged(12, { credential_id: 'pat-1' }),
        ],
        subjects: [`person:${dev}`],
      },
      'a trailer names the action, minutes after': {
        records: [
          mergeOfAgent(10, { actionId: 'act-1', delegatorId: '' }),
          merged(900, { 'carried.action': 'act-1' }, { late: -600 }),
        ],
        subjects: [`person:${dev}`],
      },
      'a statement’s comment names the span': {
        records: [
          mergeOfAgent(10, {
            delegatorId: '',
            traceIdHex: 'c'.repeat(32),
            spanIdHex: 'd'.repeat(16),
          }),
          merged(
            500,
            {
              resource: 'db:row:shop/customers/42',
              'carried.trace': 'c'.repeat(32),
              'carried.span': 'd'.repeat(16),
            },
            { late: -300 },
          ),
        ],
        subjects: [`person:${dev}`],
      },
      'the tool call’s ID': {
        records: [
          mergeOfAgent(10, { delegatorId: '', toolCallId: 'call-1' }),
          merged(300, { 'carried.tool_call': 'call-1' }),
        ],
        subjects: [`person:${dev}`],
      },
      'the instance, by the same verb on a thing of another kind': {
        records: [
          mergeOfAgent(10, { delegatorId: '' }),
          merged(12, { resource: 'github:commit:acme/app/1', 'carried.instance': 'i1' }),
        ],
        subjects: [`person:${dev}`],
      },
      'the trace, at that time': {
        records: [
          mergeOfAgent(10, { delegatorId: '', traceIdHex: 'e'.repeat(32) }),
          merged(12, { 'carried.trace': 'e'.repeat(32) }),
        ],
        subjects: [`person:${dev}`],
      },
      'the record came after the event': {
        records: [mergeOfAgent(-30, { late: 60 }), merged(-28)],
        subjects: [`person:${dev}`],
      },
      'the system states it': {
        records: [merged(12, { marks: stated })],
        subjects: [`person:${dev}`],
      },
    },
    negative: {
      'a mark that any client can write': [merged(12, { marks: claimed })],
      'a merge by hand': [mergeOfAgent(10, mergeByHand), merged(12)],
      'nothing on record': [merged(12)],
      'another verb': [mergeOfAgent(10, { verb: 'read' }), merged(12)],
      'a minute later': [mergeOfAgent(10), merged(70)],
      'another person, and no more than the thing': [
        mergeOfAgent(10, { delegatorId: 'ana@acme.example' }),
        merged(12),
      ],
      'another credential': [
        mergeOfAgent(10, { credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-2' }),
      ],
      'the trace, a minute later': [
        mergeOfAgent(10, { delegatorId: '', traceIdHex: 'f1'.repeat(16) }),
        merged(70, { 'carried.trace': 'f1'.repeat(16) }),
      ],
      'the span of an act on another thing of that kind': [
        mergeOfAgent(10, { traceIdHex: 'f2'.repeat(16), spanIdHex: 'd'.repeat(16) }),
        merged(12, {
          resource: 'github:pull:acme/app/813',
          'carried.trace': 'f2'.repeat(16),
          'carried.span': 'd'.repeat(16),
        }),
      ],
      'the credential, on a thing of another kind': [
        mergeOfAgent(10, { credentialId: 'pat-1', resourceId: 'db:row:shop/customers/1' }),
        merged(12, { credential_id: 'pat-1' }),
      ],
      'the credential, and an object beside it': [
        mergeOfAgent(10, { credentialId: 'pat-1', resourceId: 's3://acme-files/1' }),
        merged(12, { credential_id: 'pat-1', resource: 's3://acme-files/2' }),
      ],
      'the credential, where the log names no thing': [
        mergeOfAgent(10, { credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-1', resource: '' }),
      ],
      'two agents at once': [mergeOfAgent(10), mergeOfAgent(11, { instanceId: 'i2' }), merged(12)],
      'two like events, of which one may be the agent’s': [
        mergeOfAgent(10),
        merged(11),
        merged(12),
      ],
      'the record says that it failed': [
        mergeOfAgent(10, { credentialId: 'pat-1', outcome: 'failure' }),
        merged(12, { credential_id: 'pat-1' }),
      ],
      'the log says that it was denied': [merged(12, { outcome: 'denied', marks: stated })],
      'under the agent’s own account': [
        mergeOfAgent(10, { credentialId: 'key-1' }),
        merged(12, { person: '', principal: 'app[bot]', credential_id: 'key-1' }),
      ],
      'a sender that is no importer': [mergeOfAgent(10), merged(12, {}, { channel: 'entitled' })],
      'both before the window': [mergeOfAgent(-30), merged(-28)],
    },
    mutations: [
      [
        "AND (agent != '' OR (rule = 0 AND stated != ''))",
        "AND (agent != '' OR notEmpty(marks) OR rule = 7)",
      ],
      ["person != '' AND outcome", 'outcome'],
      ["outcome NOT IN ('failure', 'denied')", "outcome != 'failure'"],
      ["mark[1] = 'system'", "mark[1] = 'client'"],
    ],
  },
  {
    rule: 'shadow-agent',
    positive: {
      'a program’s mark, twice: one hit': {
        records: [merged(12, { marks: claimed }), merged(40, { marks: claimed })],
        subjects: [`person:${dev}`],
      },
      'no person: the credential': {
        records: [merged(12, { marks: stated, person: '', credential_id: 'key-1' })],
        subjects: ['credential:key-1'],
      },
      'neither: the thing': {
        records: [merged(12, { marks: stated, person: '' })],
        subjects: [pull],
      },
    },
    negative: {
      'its record is there': [mergeOfAgent(10), merged(12, { marks: claimed })],
      'its record comes within the time allowed': [
        mergeOfAgent(10, { late: 200 }),
        merged(12, { marks: claimed }),
      ],
      'no mark': [merged(12)],
      'too new to judge': [merged(400, { marks: claimed })],
      denied: [merged(12, { marks: claimed, outcome: 'denied' })],
    },
    mutations: [
      ['rule = 0 AND notEmpty(marks)', 'notEmpty(marks)'],
      ['rule = 0 AND notEmpty(marks)', 'rule = 0'],
      [
        "AND received_at <= {until:DateTime64(9, 'UTC')} - toIntervalMinute({minutes:UInt64})",
        "AND received_at <= {until:DateTime64(9, 'UTC')}",
      ],
      ["outcome NOT IN ('failure', 'denied')", "outcome != 'failure'"],
    ],
  },
  {
    rule: 'unexplained-act',
    positive: {
      'an agent used it yesterday': {
        records: [
          agentAct(-86_400, { credentialId: 'pat-1' }),
          merged(12, { credential_id: 'pat-1' }),
        ],
        subjects: ['credential:pat-1'],
      },
      'an agent used it a minute before, for another act': {
        records: [
          mergeOfAgent(-50, { credentialId: 'pat-1' }),
          merged(12, { credential_id: 'pat-1' }),
        ],
        subjects: ['credential:pat-1'],
      },
    },
    negative: {
      'the record is there': [
        mergeOfAgent(10, { credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-1' }),
      ],
      'the person has it on record': [
        agentAct(-86_400, { credentialId: 'pat-1' }),
        mergeOfAgent(10, { ...mergeByHand, credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-1' }),
      ],
      'no agent uses it': [
        mergeOfAgent(-86_400, { ...mergeByHand, credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-1' }),
      ],
      'longer ago than it looks': [
        agentAct(-31 * 86_400, { credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-1' }),
      ],
      'it was read': [
        agentAct(-86_400, { credentialId: 'pat-1' }),
        merged(12, { credential_id: 'pat-1', verb: 'read' }),
      ],
      'too new to judge': [
        agentAct(-86_400, { credentialId: 'pat-1' }),
        merged(400, { credential_id: 'pat-1' }),
      ],
    },
    mutations: [
      ['AND rule = 0 AND empty(marks)', ''],
      ["verdict = 'agent' AND", ''],
      ["NOT IN ('', 'read')", "!= ''"],
      ['toIntervalDay({days:UInt64})', 'toIntervalDay(2 * {days:UInt64})'],
    ],
  },
  {
    rule: 'unconfirmed-act',
    positive: {
      'the log declares that it would have it': {
        records: [mergeOfAgent(10), covered(20)],
        subjects: ['instance:i1'],
      },
    },
    negative: {
      'no declaration': [mergeOfAgent(10)],
      'the event is there': [mergeOfAgent(10), merged(12), covered(20)],
      'the event has another name of the thing, and the span': [
        mergeOfAgent(10, { traceIdHex: 'a'.repeat(32), spanIdHex: 'b'.repeat(16) }),
        merged(
          200,
          {
            resource: 'github:commit:acme/app/1',
            'carried.trace': 'a'.repeat(32),
            'carried.span': 'b'.repeat(16),
          },
          {},
        ),
        covered(20),
      ],
      'another repository': [
        mergeOfAgent(10, { resourceId: 'github:pull:acme/app2/1' }),
        covered(20, { resources: ['github:pull:acme/app'] }),
      ],
      'a log that samples': [mergeOfAgent(10), covered(20, { sampling: '0.5' })],
      'an act that failed': [mergeOfAgent(10, { outcome: 'failure' }), covered(20)],
      'an act that reads': [mergeOfAgent(10, { verb: 'list' }), covered(20)],
      'the event may still come': [mergeOfAgent(10), covered(20, { to: after(15) })],
      'before the period': [
        mergeOfAgent(10),
        covered(20, { from: after(12) }),
        covered(21, { resources: ['github:issue:acme/app/'] }),
      ],
      'a declaration that no importer made': [
        mergeOfAgent(10),
        covered(20, {}, { channel: 'entitled' }),
      ],
      'a person’s act': [mergeOfAgent(10, mergeByHand), covered(20)],
    },
    mutations: [
      ['AND NOT is_seen', ''],
      ['AND NOT arrayExists(at ->', 'AND arrayAll(at -> at > ts OR'],
      ["substring(beginning, -1) IN (':', '/') OR", "beginning != '' OR"],
      ['AND sampling = 1', ''],
      ["outcome = 'success'", "outcome != ''"],
      ["NOT IN ('', 'read')", "!= ''"],
      ['AND end_ts + toIntervalMillisecond(error_ms + delay_ms) <= covers_to', ''],
      ['AND ts - toIntervalMillisecond(error_ms) >= covers_from', ''],
    ],
  },
]
