import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const example = fileURLToPath(new URL('../../examples/quickstart', import.meta.url))

it('the quickstart runs, and what it did is on record', async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/sdk'], {
    cwd: root,
  })
  const sink = await startOtlpSink()
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['agent.mjs'], {
    cwd: example,
    env: {
      PATH: process.env['PATH'] ?? '',
      WHODID_ENDPOINT: sink.url,
      WHODID_INGEST_TOKEN: 'ingest',
    },
  })
  await sink.stop()
  expect(stderr).toBe('')
  const [, note = ''] = /^whodid ask (file:\S+)$/mu.exec(stdout) ?? []
  const [, instance = ''] = /^whodid ask instance:(\S+)$/mu.exec(stdout) ?? []
  expect(note).not.toBe('')
  const deleted = sink.spans.find((span) => span.name === 'execute_tool delete_file')
  expect(deleted?.attributes).toMatchObject({
    'whodid.agent.instance.id': instance,
    'whodid.delegator.id': 'dev@acme.example',
    'whodid.resource.id': note,
    'whodid.action.verb': 'delete',
    'whodid.action.outcome': 'success',
    'whodid.plan.step': 2,
  })
  expect(sink.requests[0]?.headers.authorization).toBe('Bearer ingest')
})
