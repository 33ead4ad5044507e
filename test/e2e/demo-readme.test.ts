import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'

const root = new URL('../../', import.meta.url)

it('the README’s agent runs as it stands, and records what the README says', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8')
  const code = /^```js\n([^]*?)^```/mu.exec(readme)?.[1] ?? ''
  expect(code).toContain("from '@whodid/sdk'")
  const sink = await startOtlpSink()
  try {
    const script = `${code}\nfunction merge(number) { return { merged: number } }\n`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('examples/quickstart', root)),
      env: { WHODID_ENDPOINT: sink.url, WHODID_INGEST_TOKEN: 'ingest-token' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect({ code: child.exitCode, complaint }).toEqual({ code: 0, complaint: '' })
    const acts = sink.spans.filter(({ name }) => name === 'execute_tool merge')
    expect(acts).toHaveLength(1)
    expect(acts[0]?.attributes).toMatchObject({
      'gen_ai.agent.id': 'repo-triage',
      'whodid.delegator.id': 'dev@acme.example',
      'whodid.resource.id': 'github:pull:acme/app/812',
      'whodid.plan.step': 1,
      'whodid.action.outcome': 'success',
    })
  } finally {
    await sink.stop()
  }
})
