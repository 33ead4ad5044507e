import { blankRecord, canonicalRecord, leafInput, logEntry } from '@whodid/model'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'

/* Writes wd-2.json beside it: run it after a change of the canonical form, and look at what changed. */
const V = [
  ['a blank record', {}],
  ['its place in the log', { logId: 'ledger.example/c1', logIndex: 4294967296 }],
  [
    'times before 1970 and after 2100',
    { receivedUnixNs: '-1', startUnixNs: '-1152921504606846976', endUnixNs: '4611686018427387904' },
  ],
  [
    'integers at their ends',
    {
      kind: 255,
      statusCode: 2,
      flags: 4294967295,
      droppedCount: 2147483648,
      planStep: -1099511627776,
      seq: 9007199254740991,
      credentialBorrowed: true,
    },
  ],
  [
    'IDs and commitments that end in zero bytes',
    {
      traceIdHex: 'ab'.repeat(13) + '000000',
      spanIdHex: '0100000000000000',
      parentSpanIdHex: '00000000000000ff',
      textBlockHex: '22'.repeat(23) + '00',
      textAt: 4294967295,
      commitmentHex: '11'.repeat(31) + '00',
    },
  ],
  [
    'text that encodings trip over',
    {
      name: 'a\0\0',
      statusMessage: '\\N',
      traceState: "'",
      serviceName: '🛰',
      scopeName: 'e\u0301',
      scopeVersion: '\ufeff',
      instanceId: '\u202e',
    },
  ],
  [
    'text at the lengths where a VarUInt grows',
    {
      name: { repeat: 'x', times: 127 },
      statusMessage: { repeat: 'x', times: 128 },
      attributes: { repeat: 'ä', times: 8192 },
    },
  ],
  [
    'lists: empty elements, an element that looks like two',
    {
      delegationScopes: ['', '', 'a\u0001b'],
      delegationChain: ['dev@acme.example', 'triage-1'],
      credentialScopes: [''],
    },
  ],
  [
    'a tool call as an agent makes it',
    {
      logId: 'ledger.example/c1',
      logIndex: 42,
      tenant: 'default',
      exporter: 'agents',
      channel: 'entitled',
      receivedUnixNs: '1763800000123456789',
      traceIdHex: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanIdHex: '00f067aa0ba902b7',
      parentSpanIdHex: 'b7ad6b7169203331',
      startUnixNs: '1763800000000000000',
      endUnixNs: '1763800000050000000',
      name: 'execute_tool merge_pull_request',
      kind: 1,
      statusCode: 1,
      serviceName: 'triage',
      recordKind: 'tool_call',
      actorType: 'agent',
      templateId: 'repo-triage',
      instanceId: 'triage-1',
      delegatorId: 'dev@acme.example',
      delegatorType: 'human',
      delegationChain: ['dev@acme.example', 'triage-1'],
      correlationId: 'corr-1',
      planStep: 2,
      seq: 7,
      toolName: 'merge_pull_request',
      verb: 'update',
      outcome: 'success',
      resourceId: 'github:pull:acme/app/812',
      resourceType: 'github.pull',
      attributes: '{"gen_ai.operation.name":"execute_tool"}',
    },
  ],
  [
    'longer than an entry bundle may hold',
    { name: 'long', attributes: { repeat: 'x', times: 70000 } },
  ],
]
const out = V.map(([name, fields]) => {
  const r = { ...blankRecord() }
  for (const [k, v] of Object.entries(fields))
    r[k] = k.endsWith('UnixNs')
      ? BigInt(v)
      : v?.repeat && typeof v === 'object'
        ? v.repeat.repeat(v.times)
        : v
  const form = canonicalRecord(r)
  return {
    name,
    fields,
    ...(form.length <= 2048 ? { form_hex: form.toString('hex') } : {}),
    entry_hex: logEntry(r).toString('hex'),
    leaf_hex: createHash('sha256').update(leafInput(r)).digest('hex'),
  }
})
writeFileSync(new URL('wd-2.json', import.meta.url), JSON.stringify(out, null, 2) + '\n')
