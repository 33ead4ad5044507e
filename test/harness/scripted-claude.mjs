#!/usr/bin/env node
// Stands in for Claude Code where the real program is not installed: it is started as it is, calls the hooks of its settings with
// the documented payloads, and sends the telemetry that the real one was recorded to send.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const settings = JSON.parse(
  readFileSync(process.argv[process.argv.indexOf('--settings') + 1], 'utf8'),
)
const script = JSON.parse(process.env.SCRIPT ?? '[]')
const common = {
  session_id: process.env.SESSION ?? 's-1',
  transcript_path: '/t',
  cwd: process.cwd(),
}
const [, traceId, parentSpanId] = process.env.TRACEPARENT.split('-')
const spans = []

for (const { event, payload, span } of script) {
  if (span !== undefined) spans.push(spanOf(span))
  for (const { hooks } of settings.hooks[event] ?? [])
    for (const { command } of hooks) {
      const input = JSON.stringify({ ...common, ...payload, hook_event_name: event })
      const ran = spawnSync('sh', ['-c', command], { input, encoding: 'utf8' })
      if (ran.status !== 0 || ran.stdout !== '' || ran.stderr !== '')
        console.error(`hook ${event}: ${ran.status} ${ran.stdout} ${ran.stderr}`)
    }
}
if (spans.length > 0) await send(spans)
console.log(process.env.WHODID_AGENT_INSTANCE)

function spanOf({ name, attributes }) {
  const now = `${BigInt(Date.now()) * 1_000_000n}`
  return {
    traceId,
    parentSpanId,
    spanId: randomBytes(8).toString('hex'),
    name,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    attributes: encode(Object.entries(attributes)),
  }
}

async function send(sent) {
  const [name, value] = process.env.OTEL_EXPORTER_OTLP_HEADERS.split('=')
  const pairs = process.env.OTEL_RESOURCE_ATTRIBUTES.split(',').map((pair) => pair.split('='))
  const resource = [['service.name', 'claude-code'], ...pairs]
  const scope = { name: 'com.anthropic.claude_code.tracing' }
  const response = await fetch(`${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`, {
    method: 'POST',
    headers: { [name]: decodeURIComponent(value), 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [
        { resource: { attributes: encode(resource) }, scopeSpans: [{ scope, spans: sent }] },
      ],
    }),
  })
  if (response.status !== 200) console.error(`telemetry: ${response.status}`)
}

function encode(pairs) {
  return pairs.map(([key, value]) => ({ key, value: { stringValue: decodeURIComponent(value) } }))
}
