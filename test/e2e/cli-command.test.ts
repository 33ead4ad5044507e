import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import { withoutProgress } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

let whodid: WhodidProcess
beforeAll(async () => {
  whodid = await startWhodidProcess()
})
afterAll(async () => {
  await whodid.remove()
})

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command; by default against the running Whodid, as its operator would. */
function run(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: {
        PATH: process.env['PATH'],
        WHODID_API_URL: whodid.apiUrl,
        WHODID_DATA_DIR: whodid.dataDir,
        WHODID_API_PORT: new URL(whodid.apiUrl).port,
        WHODID_OTLP_HTTP_PORT: new URL(whodid.otlpUrl).port,
        WHODID_OTLP_GRPC_PORT: new URL(whodid.otlpGrpcUrl).port,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr: withoutProgress(stderr) }))
  })
}

test('serve keeps its directory and its tokens from others, and says what it did', async () => {
  expect((await stat(whodid.dataDir)).mode & 0o777).toBe(0o700)
  expect((await stat(join(whodid.dataDir, 'tokens.json'))).mode & 0o777).toBe(0o600)
  expect(whodid.events.map(({ event }) => event)).toEqual([
    'starting',
    'engine_started',
    'starting',
    'migrated',
    'starting',
    'api_listening',
    'starting',
    'collector_listening',
    'ready',
  ])
  for (const token of Object.values(whodid.tokens))
    expect(JSON.stringify(whodid.events) + whodid.stderr()).not.toContain(token)
})

test('serve says where the engine takes SQL, as it starts and in a file that its owner alone reads', async () => {
  const ready = whodid.events.find(({ event }) => event === 'ready')
  const directory = join(whodid.dataDir, 'engine')
  expect((await stat(join(directory, 'endpoint.json'))).mode & 0o777).toBe(0o600)
  // Sound: each is what the service keeps there.
  const { url, username } = JSON.parse(
    await readFile(join(directory, 'endpoint.json'), 'utf8'),
  ) as { url: string; username: string }
  expect(ready).toMatchObject({ engine_url: url })
  const { reader } = JSON.parse(await readFile(join(directory, 'credentials.json'), 'utf8')) as {
    reader: { username: string; password: string }
  }
  expect(username).toBe(reader.username)
  // As docs/howto/sql.md has it.
  const answer = await fetch(`${url}/?log_comment=default`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${reader.password}`).toString('base64')}`,
    },
    body: "SELECT verdict FROM whodid.who_did(of = 'github:pull:acme/app/999')",
  })
  expect(await answer.text()).toBe('undetermined\n')
})

test('ask answers without any set-up beside the data directory', async () => {
  const { code, stdout, stderr } = await run(['ask', 'https://github.com/acme/app/pull/999'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^UNDETERMINED {2}grade none {2}of /u)
  expect(stdout).toContain('no_record')
  expect(stdout).not.toContain('\u001b')
})

test('ask --json prints the answer of the API', async () => {
  const { code, stdout } = await run(['ask', 'template:repo-triage', '--json'])
  expect(code).toBe(0)
  expect(whoDidAnswerSchema.parse(JSON.parse(stdout)).question.kind).toBe('template')
})

test('FORCE_COLOR colours a pipe, and NO_COLOR overrides it', async () => {
  const ask = ['ask', 'template:x']
  expect((await run(ask, { FORCE_COLOR: '1' })).stdout).toContain('\u001b[33mUNDETERMINED')
  const both = await run(ask, { FORCE_COLOR: '1', NO_COLOR: '1' })
  expect(both.stdout).not.toContain('\u001b')
})

test('what the API refuses is a sentence with its code, and the exit code tells whose fault it is', async () => {
  const handle = await run(['ask', 'nonsense'])
  expect(handle.code).toBe(2)
  expect(handle.stderr).toContain('invalid_handle:')
  const time = await run(['ask', 'template:x', '--at', 'the other day'])
  expect(time.code).toBe(2)
  expect(time.stderr).toContain('"--at" expected RFC 3339 with a zone')
  const token = await run(['ask', 'template:x'], { WHODID_TOKEN: 'wrong' })
  expect(token.code).toBe(1)
  expect(token.stderr).toContain('The token is that of WHODID_TOKEN; unset, the "investigator"')
  expect(token.stderr).toContain('unauthenticated:')
})

test('a token of the wrong kind is told as such, with the variable that it belongs in', async () => {
  for (const WHODID_TOKEN of [whodid.tokens.ingest, `whodid_ing_${'x'.repeat(43)}`]) {
    const { code, stderr } = await run(['ask', 'template:x'], { WHODID_TOKEN })
    expect(code).toBe(1)
    expect(stderr).toContain('WHODID_TOKEN, and it holds an "ingest" token')
    expect(stderr).toContain('Agents send with WHODID_INGEST_TOKEN')
    expect(stderr).not.toContain(WHODID_TOKEN)
  }
  const sent = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${whodid.tokens.investigator}`,
      'content-type': 'application/json',
    },
    body: '{}',
  })
  expect(sent.status).toBe(401)
  expect(await sent.text()).toContain('an \\"investigator\\" token came')
})

test('tail ends at the newest record with --once', async () => {
  const { code, stdout } = await run(['tail', '--once', '--json'])
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\{"_end":\{"rows":\d+\}\}$/u)
})

test('doctor finds a running Whodid well, and a wrong setting not', async () => {
  const well = await run(['doctor', '--json'])
  const { ok, checks } = JSON.parse(well.stdout) as {
    ok: boolean
    checks: { name: string; state: string }[]
  }
  expect({ code: well.code, ok }).toEqual({ code: 0, ok: true })
  expect(checks.find(({ name }) => name === 'service')?.state).toBe('ok')
  const wrong = await run(['doctor'], { WHODID_API_PORT: 'x' })
  expect(wrong.code).toBe(1)
  expect(wrong.stdout).toContain('FAIL  configuration: WHODID_API_PORT expected a port')
})

test('a second serve on the directory, and one on a taken port, are refused with a sentence', async () => {
  const ports = { WHODID_API_PORT: '0', WHODID_OTLP_HTTP_PORT: '0', WHODID_OTLP_GRPC_PORT: '0' }
  const sameDirectory = await run(['serve'], ports)
  expect(sameDirectory.code).toBe(1)
  expect(sameDirectory.stderr).toContain('engine_in_use:')
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-second-'))
  const other = { WHODID_DATA_DIR: dataDir }
  const apiPort = new URL(whodid.apiUrl).port
  const samePort = await run(['serve'], { ...ports, ...other, WHODID_API_PORT: apiPort })
  expect(samePort.code).toBe(1)
  expect(samePort.stderr).toContain(
    `the API cannot listen on port ${apiPort}: another process listens there; WHODID_API_PORT sets another port`,
  )
  const otlpPort = new URL(whodid.otlpUrl).port
  const sameOtlp = await run(['serve'], { ...ports, ...other, WHODID_OTLP_HTTP_PORT: otlpPort })
  expect(sameOtlp.stderr).toContain(`the collector cannot listen on port ${otlpPort}`)
  const grpcPort = new URL(whodid.otlpGrpcUrl).port
  const sameGrpc = await run(['serve'], { ...ports, ...other, WHODID_OTLP_GRPC_PORT: grpcPort })
  expect(sameGrpc.stderr).toContain(
    `the collector cannot listen on port ${grpcPort}: another process listens there; WHODID_OTLP_GRPC_PORT sets another port`,
  )
  await rm(dataDir, { recursive: true, maxRetries: 20, retryDelay: 100 })
})

test('a setting that is not valid is refused at the start', async () => {
  const { code, stderr } = await run(['serve'], { WHODID_OTLP_HTTP_PORT: '99999' })
  expect(code).toBe(1)
  expect(stderr).toContain(
    'whodid serve: WHODID_OTLP_HTTP_PORT expected a port from 0 to 65535; got "99999"',
  )
})

test('the engine is started again when it dies, and the service is not ready until then', async () => {
  const own = await startWhodidProcess()
  try {
    const pid = await enginePid(own)
    process.kill(pid, 'SIGKILL')
    await untilEvent(own, 'engine_restarted')
    await own.whoDid('template:x')
    expect((await own.get('/readyz')).status).toBe(200)
    expect(own.events.map(({ event }) => event)).toContain('engine_exited')
  } finally {
    await own.remove()
  }
})

test('SIGTERM drains and exits 0, the tokens stay, and after a kill it starts again', async () => {
  const first = await startWhodidProcess()
  const { dataDir, tokens } = first
  expect(await first.stop()).toBe(0)
  expect(first.events.at(-1)).toEqual({ event: 'stopped' })
  expect(JSON.parse(await readFile(join(dataDir, 'tokens.json'), 'utf8'))).toEqual(tokens)
  const second = await startWhodidProcess({ dataDir })
  await second.kill()
  const third = await startWhodidProcess({ dataDir })
  expect(third.tokens).toEqual(tokens)
  expect(third.events.find(({ event }) => event === 'migrated')).toMatchObject({ applied: [] })
  await third.stop()
  const migrated = await run(['migrate'], { WHODID_DATA_DIR: dataDir })
  expect(migrated).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^The schema is up to date/u) as string,
  })
  await third.remove()
})

/** The engine is the only child of the service. */
async function enginePid(of: WhodidProcess): Promise<number> {
  const path = `/proc/${of.processId}/task/${of.processId}/children`
  return Number((await readFile(path, 'utf8')).trim().split(' ')[0])
}

async function untilEvent(of: WhodidProcess, name: string): Promise<void> {
  for (let tries = 0; tries < 2_400; tries += 1) {
    if (of.events.some(({ event }) => event === name)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no "${name}": ${JSON.stringify(of.events)}`)
}
