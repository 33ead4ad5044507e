import { agentAct, untrustedInput } from './detection-case.ts'
import type { DetectionCases, Played } from './detection-case.ts'

const hourSeconds = 3_600
const daySeconds = 86_400

/** Acts of the days before, one an hour, the oldest first: what a habit is made of. */
function before(
  count: number,
  make: (at: number, n: number) => readonly Played[] | Played,
): Played[] {
  return Array.from({ length: count }, (_, n) =>
    [make(-(count - n) * hourSeconds - 60, n)].flat(),
  ).flat()
}

/** A request of so many tool calls, in a trace of its own. */
function request(at: number, calls: number, trace = `r${at}`): Played[] {
  return Array.from({ length: calls }, (_, n) => agentAct(at + n, { trace }))
}

const page = (host: string) => ({ verb: 'send', resourceId: `https://${host}/upload` })
const merge = { verb: 'approve', resourceId: 'github:pull:acme/app/7' }

/** Cases of the detections that hold acts against a habit. */
export const habitCases: readonly DetectionCases[] = [
  {
    rule: 'tools-per-request',
    positive: {
      'three becomes fifteen': {
        records: [...before(24, (at) => request(at, 3)), ...request(1, 15)],
        subjects: ['template:fixer'],
      },
    },
    negative: {
      'three stays four': [...before(24, (at) => request(at, 3)), ...request(1, 4)],
      'fifteen as ever': [...before(24, (at) => request(at, 15)), ...request(1, 15)],
      'no habit yet': [...before(5, (at) => request(at, 3)), ...request(1, 15)],
      'fifteen in five requests': [
        ...before(24, (at) => request(at, 3)),
        ...[1, 20, 40, 60, 80].flatMap((at) => request(at, 3)),
      ],
    },
    mutations: [
      ['calls >= {factor:Float64} * usual', '{factor:Float64} > 0'],
      ['earlier >= {requests_min:UInt64}', '{requests_min:UInt64} > 0'],
      ['calls >= {calls_min:UInt64}', 'calls > 1000 * {calls_min:UInt64}'],
    ],
  },
  {
    rule: 'new-credential',
    positive: {
      'one key for a day, then another': {
        records: [
          ...before(24, (at) => agentAct(at, { credentialId: 'key-1' })),
          agentAct(1, { credentialId: 'key-2' }),
        ],
        subjects: ['credential:key-2'],
      },
    },
    negative: {
      'the same key': [
        ...before(24, (at) => agentAct(at, { credentialId: 'key-1' })),
        agentAct(1, { credentialId: 'key-1' }),
      ],
      'a key for each task': [
        ...before(24, (at, n) => agentAct(at, { credentialId: `task-${n}` })),
        agentAct(1, { credentialId: 'task-now' }),
      ],
      'a new agent': [
        agentAct(1, { credentialId: 'key-1' }),
        agentAct(2, { credentialId: 'key-2' }),
      ],
    },
    mutations: [
      ['known <= {known_max:UInt64}', '{known_max:UInt64} > 0'],
      ['WHERE is_new AND', 'WHERE'],
    ],
  },
  {
    rule: 'redirected-agent',
    positive: {
      'reads an issue, then approves': {
        records: [
          ...before(24, (at) => agentAct(at, { instanceId: 'old' })),
          untrustedInput(1),
          agentAct(30, merge),
        ],
        subjects: ['instance:i1'],
      },
    },
    negative: {
      'what its kind does each day': [
        ...before(24, (at) => agentAct(at, { instanceId: 'old', ...merge })),
        untrustedInput(1),
        agentAct(30, merge),
      ],
      'nothing privileged': [untrustedInput(1), agentAct(30)],
      'trusted content': [untrustedInput(1, { inputTrust: 'trusted' }), agentAct(30, merge)],
      'it read afterwards': [agentAct(1, merge), untrustedInput(30)],
      'another instance read': [untrustedInput(1, { instanceId: 'i2' }), agentAct(30, merge)],
      'a quarter of an hour before': [untrustedInput(-600), agentAct(300, merge)],
    },
    mutations: [
      ["AND input_trust = 'untrusted' AND instance_id", 'AND instance_id'],
      ['AND habit NOT IN', 'OR habit NOT IN'],
      ['toIntervalMinute({minutes:UInt64})', 'toIntervalMinute(10 * {minutes:UInt64})'],
      ['AND privileged AND verb', 'AND verb'],
    ],
  },
  {
    rule: 'new-domain',
    positive: {
      'one domain for a day, then another': {
        records: [
          ...before(24, (at) => agentAct(at, page('api.acme.example'))),
          agentAct(1, page('drop.evil.example')),
        ],
        subjects: ['template:fixer'],
      },
    },
    negative: {
      'the same domain, with www': [
        ...before(24, (at) => agentAct(at, page('acme.example'))),
        agentAct(1, page('www.acme.example')),
      ],
      'an agent that browses': [
        ...before(24, (at, n) => agentAct(at, page(`s${n}.example`))),
        agentAct(1, page('another.example')),
      ],
      'a row, not a domain': [
        ...before(24, (at) => agentAct(at, page('api.acme.example'))),
        agentAct(1),
      ],
    },
    mutations: [
      ['domainWithoutWWW', 'domain'],
      ['known <= {domains_max:UInt64}', '{domains_max:UInt64} > 0'],
      ['WHERE is_new AND', 'WHERE'],
    ],
  },
  {
    rule: 'rate-spike',
    positive: {
      'five an hour, then three hundred': {
        records: [...hours(24, 5), ...burst(1, 300)],
        subjects: ['template:fixer'],
      },
      // By day it does thirty an hour, and at three in the morning it never did.
      'at three in the morning': {
        records: [...workingHours(), ...burst(-9 * hourSeconds, 300, 9 * hourSeconds + 10)],
        subjects: ['template:fixer'],
      },
    },
    negative: {
      'three hundred as ever': [...hours(13, 40), ...burst(1, 300)],
      'a busy hour of a few': [...hours(24, 5), ...burst(1, 100)],
      'no habit yet': [...hours(5, 5), ...burst(1, 300)],
    },
    mutations: [
      ['acts >= {factor:Float64} * usual', '{factor:Float64} > 0'],
      ['hours >= {hours_min:UInt64}', '{hours_min:UInt64} > 0'],
      ['acts >= {acts_min:UInt64}', 'acts > 0 * {acts_min:UInt64}'],
    ],
  },
]

function hours(count: number, acts: number): Played[] {
  return before(count, (at) => burst(at, acts))
}

function burst(at: number, acts: number, late = 0): Played[] {
  return Array.from({ length: acts }, (_, n) => agentAct(at + n / 10, { late }))
}

/** Two working days of thirty acts an hour, from eight to sixteen. */
function workingHours(): Played[] {
  return [1, 2].flatMap((day) =>
    [8, 9, 10, 11, 12, 13, 14, 15].flatMap((hour) =>
      burst(-day * daySeconds + (hour - 12) * hourSeconds, 30),
    ),
  )
}
