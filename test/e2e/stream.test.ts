import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
let whodid: WhodidProcess
let dir: string
let sent = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-stream-'))
  whodid = await startWhodidProcess()
})

afterAll(async () => {
  await whodid.remove()
  await rm(dir, { recursive: true, force: true })
})

const at = (name: string): string => join(dir, name)
const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  WHODID_API_URL: whodid.apiUrl,
  WHODID_TOKEN: whodid.tokens.investigator,
  ...more,
})

function run(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, 'stream', ...args],
      { env: environment(more), maxBuffer: 64 << 20 },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

type Line = Readonly<Record<string, unknown>>
// A stream writes objects.
const linesOf = (text: string): Line[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
const resourcesOf = (lines: readonly Line[]): unknown[] => lines.map((line) => line['resource_id'])

/** Sends so many acts, waits until they are in the ledger, and gives their resources. */
async function act(count: number): Promise<string[]> {
  const resources = Array.from({ length: count }, (_, n) => `db:row:shop/stream/${sent + n}`)
  sent += count
  await sendSpans(
    whodid,
    `stream-${sent}`,
    resources.map((resource) => toolCall('update', resource)),
  )
  const last = resources.at(-1) ?? ''
  await whodid.whoDid(last, ({ action }) => action !== null)
  return resources
}

test('a file has each record once, in the order of the log, whatever a crash left behind the position', async () => {
  const to = ['--to', at('records.jsonl'), '--position', at('records.position')]
  const first = await act(40)
  expect(await run([...to, '--once'])).toMatchObject({ code: 0, stderr: '' })
  expect(resourcesOf(linesOf(await readFile(at('records.jsonl'), 'utf8')))).toEqual(first)

  // A run that was killed after it had written and before it kept its position.
  await appendFile(at('records.jsonl'), '{"log_index":40,"resource_id":"torn')
  const second = await act(3)
  expect(await run([...to, '--once'])).toMatchObject({ code: 0 })
  const lines = linesOf(await readFile(at('records.jsonl'), 'utf8'))
  expect(resourcesOf(lines)).toEqual([...first, ...second])
  const places = lines.map((line) => Number(line['log_index']))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(JSON.parse(await readFile(at('records.position'), 'utf8'))).toMatchObject({
    bytes: (await stat(at('records.jsonl'))).size,
  })

  await writeFile(at('other.position'), '{"logs":{"a":-1},"bytes":0}')
  const refused = await run(['--once', '--position', at('other.position')])
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('"--position" expected a file that whodid stream wrote')
})

test('a SIEM gets events of OCSF, and each once more where it was busy; one that refuses ends the stream', async () => {
  const answers = [503, 429]
  const bodies: string[] = []
  const heads: (string | undefined)[] = []
  let refusal = 0
  const siem = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      heads.push(request.headers.authorization)
      const status = refusal || (answers.shift() ?? 200)
      if (status === 200) bodies.push(body)
      response.writeHead(status).end()
    })
  })
  await once(siem.listen(0, '127.0.0.1'), 'listening')
  // A server that listens on a port has an address.
  const { port } = siem.address() as AddressInfo
  const to = `http://127.0.0.1:${port}/ingest`
  try {
    const args = ['--form', 'ocsf', '--to', to, '--position', at('siem.position'), '--once']
    const { code, stderr } = await run(args, { WHODID_STREAM_TOKEN: 'siem-token' })
    expect(code).toBe(0)
    expect(stderr).toBe('the endpoint does not take records: it answered 503; trying again\n')
    expect(heads).toEqual(Array.from({ length: 3 }, () => 'Bearer siem-token'))
    const events = linesOf(bodies.join(''))
    expect(events).toHaveLength(sent)
    expect(events[0]).toMatchObject({
      class_uid: 6003,
      activity_name: 'Update',
      metadata: { version: '1.9.0' },
    })

    await act(1)
    refusal = 401
    const refused = await run(args)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('it answered 401')
    refusal = 0
    expect(await run(args)).toMatchObject({ code: 0 })
    expect(linesOf(bodies.join(''))).toHaveLength(sent)
  } finally {
    siem.close()
  }
})

test('it follows, and ends at once when it is told to; Timesketch has what it demands', async () => {
  const child = spawn(process.execPath, [main, 'stream', '--form', 'timesketch'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  const exited = once(child, 'exit')
  await vi.waitFor(() => expect(text).toContain(`stream/${sent - 1}`), { timeout: 30_000 })
  const [resource = ''] = await act(1)
  await vi.waitFor(() => expect(text).toContain(resource), { timeout: 30_000 })
  for (const line of linesOf(text))
    expect(line).toMatchObject({
      message: expect.any(String),
      datetime: expect.stringMatching(/^\d{4}-.*Z$/u),
      timestamp_desc: expect.any(String),
    })
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test('bad questions are quoted, and a log that there is not has nothing', async () => {
  const log = 'nowhere.example/log'
  const none = await whodid.get(`/v1/records?log=${log}`)
  expect(await none.text()).toBe('{"_end":{"next":0,"rows":0}}\n')
  const bad = await whodid.get(`/v1/records?log=${log}&from=-1`)
  expect(await bad.json()).toMatchObject({
    status: 400,
    detail: '"from" expected a whole number from 0 to 1099511627776; got "-1"',
  })
  expect((await whodid.get(`/v1/records?log=${log}`, whodid.tokens.ingest)).status).toBe(403)
  const typed = await run(['--form', 'cef'])
  expect(typed).toMatchObject({ code: 2, stdout: '' })
  expect(typed.stderr).toContain('"--form" expected record, ocsf, timesketch; got "cef"')
})
