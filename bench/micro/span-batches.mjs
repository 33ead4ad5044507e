import protobuf from '../../packages/collector/node_modules/protobufjs/minimal.js'

/*
 * Spans as the SDK sends them, in OTLP/protobuf: a session's prompt, plan, model call, tool calls with what they touched,
 * 20–30 attributes and about 1 KB each. The same seed makes the same bytes.
 */

const kinds = [
  'prompt',
  'plan',
  'model_call',
  'tool_call',
  'tool_call',
  'tool_call',
  'tool_call',
  'input',
]

/** One ExportTraceServiceRequest of `spanCount` spans, sixteen to a trace. */
export function spanBatch(seed, spanCount = 512) {
  const random = randomFrom(seed)
  const spans = []
  for (let index = 0; index < spanCount; index += 1) spans.push(span(random, seed, index))
  return message((request) =>
    nested(request, 1, (inResource) => {
      nested(inResource, 1, (resource) => {
        attribute(resource, 1, ['service.name', 'billing-agents'])
        attribute(resource, 1, ['telemetry.sdk.language', 'nodejs'])
        attribute(resource, 1, ['telemetry.sdk.name', 'opentelemetry'])
        attribute(resource, 1, ['telemetry.sdk.version', '2.2.0'])
        attribute(resource, 1, ['process.pid', 4711])
        attribute(resource, 1, ['host.name', 'runner-7f9c4d'])
      })
      nested(inResource, 2, (inScope) => {
        nested(inScope, 1, (scope) =>
          scope.uint32(10).string('@whodid/sdk').uint32(18).string('0.1.0'),
        )
        for (const bytes of spans) inScope.uint32(18).bytes(bytes)
      })
    }),
  )
}

function span(random, seed, index) {
  const kind = kinds[index % kinds.length]
  const run = Math.floor(index / 16)
  const trace = hex(32, `${seed}-${run}`)
  const startNs = 1_763_800_000_000_000_000n + BigInt(seed * 512 + index) * 1_000_003n
  return message((out) => {
    out.uint32(10).bytes(Buffer.from(trace, 'hex'))
    out.uint32(18).bytes(Buffer.from(hex(16, `${seed}:${index}`), 'hex'))
    if (index % 16 !== 0) out.uint32(34).bytes(Buffer.from(hex(16, `${seed}:${run * 16}`), 'hex'))
    out.uint32(42).string(kind === 'tool_call' ? 'execute_tool write_file' : kind)
    out.uint32(48).uint32(1)
    fixed64(out, 57, startNs)
    fixed64(out, 65, startNs + 1_234_567n)
    for (const [key, value] of identity(seed, run, index)) attribute(out, 9, [key, value])
    for (const [key, value] of saying(kind, random, { trace, seed, run, index }))
      attribute(out, 9, [key, value])
    nested(out, 15, (status) => status.uint32(24).uint32(kind === 'tool_call' ? 1 : 0))
    out.uint32(133).fixed32(257)
  })
}

function identity(seed, run, index) {
  return [
    ['whodid.actor.type', 'agent'],
    ['whodid.seq', index % 16],
    ['gen_ai.agent.id', 'agents/billing-reconciler'],
    ['gen_ai.agent.name', 'Billing reconciler'],
    ['gen_ai.agent.version', '2026.11.3'],
    [
      'whodid.agent.instance.id',
      `0199a7c4-${hex(4, `${seed}${run}`)}-7abc-8def-${hex(12, `${run}i`)}`,
    ],
    [
      'whodid.agent.instance.parent_id',
      `0199a7c4-${hex(4, `${seed}p`)}-7abc-8def-${hex(12, 'parent')}`,
    ],
    ['whodid.delegator.id', 'dana@acme.example'],
    ['whodid.delegator.type', 'human'],
    ['whodid.delegator.issuer', 'https://login.acme.example/tenant'],
    [
      'whodid.delegation.chain',
      ['user:dana@acme.example', 'agents/planner', 'agents/billing-reconciler'],
    ],
    ['whodid.correlation.id', `0199a7c4-${hex(4, `${seed}c`)}-7abc-8def-${hex(12, `${run}c`)}`],
    ['session.id', `s-${hex(20, `${seed}${run}s`)}`],
  ]
}

function saying(kind, random, at) {
  const ref = `${at.trace}-${hex(16, `${at.seed}:${at.run * 16}`)}`
  const common = [['whodid.record.kind', kind]]
  if (kind === 'prompt')
    return [
      ...common,
      ['gen_ai.operation.name', 'invoke_agent'],
      ['whodid.prompt.origin', 'human'],
      ['whodid.prompt.hash', `sha256:${hex(64, 'p')}`],
      [
        'gen_ai.input.messages',
        JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prose(random, 60) }] }]),
      ],
    ]
  const because = [
    ...common,
    ['whodid.prompt.ref', ref],
    ['whodid.plan.ref', ref],
    ['whodid.plan.step', at.index % 5],
  ]
  if (kind === 'plan')
    return [
      ...because,
      ['gen_ai.operation.name', 'plan'],
      ['whodid.plan.hash', `sha256:${hex(64, 'q')}`],
      [
        'gen_ai.output.messages',
        JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: prose(random, 70) }] },
        ]),
      ],
    ]
  if (kind === 'model_call')
    return [
      ...because,
      ['gen_ai.operation.name', 'chat'],
      ['gen_ai.provider.name', 'acme'],
      ['gen_ai.request.model', 'large-4'],
      ['gen_ai.usage.input_tokens', 1834],
      ['gen_ai.usage.output_tokens', 211],
      [
        'gen_ai.input.messages',
        JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prose(random, 40) }] }]),
      ],
      [
        'gen_ai.output.messages',
        JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: prose(random, 30) }] },
        ]),
      ],
    ]
  if (kind === 'input')
    return [
      ...because,
      ['whodid.input.source', 'https://wiki.acme.example/runbooks/refunds'],
      ['whodid.input.trust', 'untrusted'],
      ['whodid.input.hash', `sha256:${hex(64, 'i')}`],
      ['acme.fetch.ms', 12.75],
    ]
  return toolCall(because, random, at)
}

function toolCall(because, random, at) {
  return [
    ...because,
    ['gen_ai.operation.name', 'execute_tool'],
    ['gen_ai.tool.name', 'write_file'],
    ['gen_ai.tool.call.id', `call_${hex(24, `${at.seed}${at.index}`)}`],
    [
      'gen_ai.tool.call.arguments',
      JSON.stringify({
        path: `/srv/billing/report-${at.index}.csv`,
        text: prose(random, 35),
        mode: 'append',
      }),
    ],
    ['gen_ai.tool.call.result', JSON.stringify({ bytes: 2048 + at.index, ok: true })],
    ['whodid.tool.arguments_hash', `sha256:${hex(64, `${at.index}a`)}`],
    ['whodid.action.id', `0199a7c4-${hex(4, `${at.index}`)}-7abc-8def-${hex(12, `${at.seed}a`)}`],
    ['whodid.action.verb', 'update'],
    ['whodid.action.outcome', 'success'],
    ['whodid.resource.id', `file:/srv/billing/report-${at.index}.csv`],
    ['whodid.credential.id', 'svc-billing-rw'],
    ['whodid.credential.type', 'service_account'],
  ]
}

const words =
  'the invoice of customer line total refund agent must check ledger against report and write every amount that differs into one file for review before Friday'.split(
    ' ',
  )

function prose(random, count) {
  const text = []
  for (let index = 0; index < count; index += 1)
    text.push(words[Math.floor(random() * words.length)])
  return `${text.join(' ')}.`
}

function hex(length, seed) {
  let text = ''
  let state = 0x811c9dc5
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0
  while (text.length < length) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    text += state.toString(16).padStart(8, '0')
  }
  return text.slice(0, length)
}

function randomFrom(seed) {
  let state = (seed + 1) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function message(write) {
  const out = protobuf.Writer.create()
  write(out)
  return Buffer.from(out.finish())
}

function nested(out, field, write) {
  out.uint32(field * 8 + 2).fork()
  write(out)
  out.ldelim()
}

function fixed64(out, tag, value) {
  out
    .uint32(tag)
    .fixed32(Number(value & 0xffff_ffffn))
    .fixed32(Number(value >> 32n))
}

function attribute(out, field, [key, value]) {
  nested(out, field, (pair) => {
    pair.uint32(10).string(key)
    nested(pair, 2, (any) => anyValue(any, value))
  })
}

function anyValue(any, value) {
  if (typeof value === 'string') any.uint32(10).string(value)
  else if (Array.isArray(value))
    nested(any, 5, (list) => {
      for (const element of value) nested(list, 1, (inner) => anyValue(inner, element))
    })
  else if (Number.isInteger(value)) any.uint32(24).int64(value)
  else any.uint32(33).double(value)
}
