import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandTable } from './command-table.ts'
import { runCommand } from './run-command.ts'

let dataDir = ''
let closedUrl = ''
beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  closedUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  server.close()
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-cli-'))
})
afterEach(async () => {
  await rm(dataDir, { recursive: true })
})

async function whodid(...argv: string[]) {
  const written = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => void (written[name] += text),
    isTerminal: false,
    width: 80,
  })
  const code = await runCommand(argv, {
    environment: { WHODID_DATA_DIR: dataDir, WHODID_API_URL: closedUrl },
    stdout: output('stdout'),
    stderr: output('stderr'),
    protocol: () => ({ input: new PassThrough(), output: new PassThrough() }),
    stopping: new AbortController().signal,
    control: { takeSignals: () => undefined, endBySignal: () => Promise.resolve(1) },
    version: '9.9.9',
  })
  return { code, ...written }
}

test('help and version go to standard output', async () => {
  expect((await whodid('--version')).stdout).toBe('whodid 9.9.9\n')
  for (const argv of [[], ['help'], ['--help']]) {
    const { code, stdout } = await whodid(...argv)
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: whodid <command>')
  }
})

test.each([
  'serve',
  'demo',
  'ask',
  'actions',
  'instance',
  'blast-radius',
  'templates',
  'delegator',
  'tail',
  'mcp',
  'exporter',
  'reader',
  'quarantine',
  'keys',
  'migrate',
  'doctor',
])('%s has a help of its own', async (name) => {
  for (const argv of [
    [name, '--help'],
    ['help', name],
  ]) {
    const { code, stdout } = await whodid(...argv)
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: whodid ${name}`)
  }
})

test('each command stands in the table once', () => {
  const names = commandTable.map(({ name }) => name)
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([])
})

test('an unknown command is a usage error with the nearest one', async () => {
  expect(await whodid('sreve')).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'whodid: there is no command "sreve". Did you mean "serve"?\n  whodid --help lists them all.\n',
  })
  expect((await whodid('frobnicate')).stderr).not.toContain('Did you mean')
})

test.each([
  [['ask'], 'expected one handle, or up to 50; got nothing'],
  [['ask', ...Array.from({ length: 51 }, () => 'a')], 'expected one handle, or up to 50; got "a a'],
  [['actions', 'instance:a', 'instance:b'], 'expected one instance at most'],
  [['actions', 'nonsense'], 'is not recognised'],
  [['actions', '--form', 'x'], "Unknown option '--form'"],
  [['instance'], 'expected one instance; got nothing'],
  [['instance', 'template:x'], 'expected instance:<id> or an ID; got "template:x"'],
  [['delegator', 'a', 'b'], 'expected one delegator; got "a b"'],
  [['ask', '--when', 'now', 'x'], "Unknown option '--when'"],
  [['ask', 'x', '--at'], "Option '--at <value>' argument missing"],
  [['ask', 'x', '--at', '1', '--at', '2'], '--at expected once; got it twice'],
  [['exporter'], 'expected add, list or remove; got nothing'],
  [['reader'], 'expected add, list or remove; got nothing'],
  [['quarantine'], 'expected list or replay; got nothing'],
  [['quarantine', 'burn'], 'expected list or replay; got "burn"'],
  [['verify', '--from', 'ten'], '--from expected a whole number; got "ten"'],
  [['verify', '--to', ''], '--to expected a whole number; got ""'],
  [['verify', '--of', 'resource:x', '--to', '1e3'], '--to expected a whole number; got "1e3"'],
  [['verify', '--of', 'resource:x', '--from', '1'], '--from and --to expected no --of'],
  [['verify', '--from', '9', '--to', '9'], '--from expected a place before --to; got 9 and 9'],
  [['verify', '--threads', '0x2'], '--threads expected a whole number; got "0x2"'],
  [['verify', '--threads', '0'], '--threads expected 1 or more; got "0"'],
  [['verify', '--no-acts'], "Unknown option '--no-acts'"],
  [['verify', 'everything'], 'expected options only; got "everything"'],
  [['witness', '--key', 'k', '--port', 'auto'], '--port expected a port from 0 to 65535'],
  [['keys'], 'expected list, rotate, wrap or unwrap; got nothing'],
  [['keys', 'rotate', '--overlap', 'soon'], '--log expected a log that has started once'],
  [['exporter', 'add'], '"--name" expected 1–64 letters'],
  [['exporter', 'add', '--name', '../x'], '"--name" expected 1–64 letters'],
])('%j is a usage error', async (argv, message) => {
  const { code, stdout, stderr } = await whodid(...argv)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(message)
})

test('export verify refuses what it does not understand, as verify.mjs does', async () => {
  for (const argv of [
    ['export', 'verify', 'a.zip', '--trust', 't.json', '--fresh-within', 'soon'],
    ['export', 'verify', 'a.zip', '--trust', 't.json', '--fresh', '1'],
    ['export', 'verify', 'a.zip'],
  ])
    expect(await whodid(...argv)).toMatchObject({ code: 2 })
})

test('nothing running is said in one sentence, and as JSON with --json', async () => {
  const { code, stderr } = await whodid('ask', 'template:x')
  expect(code).toBe(1)
  expect(stderr).toContain(
    `whodid ask: Whodid is not running at ${closedUrl}; start it with \`npm start\``,
  )
  const asJson: unknown = JSON.parse((await whodid('ask', 'template:x', '--json')).stderr)
  expect(asJson).toMatchObject({ error: { code: 'api_unreachable' } })
})

test('an exporter is added once, listed without its token, and removed', async () => {
  const added = await whodid(
    'exporter',
    'add',
    '--name',
    'ci',
    '--template',
    'repo-triage',
    '--services',
  )
  expect(added.code).toBe(0)
  const token = added.stdout.trim()
  expect(token).toMatch(/^whodid_ing_[\w-]{43}$/u)
  const file = join(dataDir, 'exporters.json')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readFile(file, 'utf8')).not.toContain(token)
  const again = await whodid('exporter', 'add', '--name', 'ci')
  expect(again.code).toBe(2)
  expect((await whodid('exporter', 'list')).stdout).toBe(
    'ci  tenant default  speaks for repo-triage, services\n',
  )
  expect((await whodid('exporter', 'remove', '--name', 'other')).code).toBe(1)
  expect((await whodid('exporter', 'remove', '--name', 'ci')).code).toBe(0)
  expect((await whodid('exporter', 'list', '--json')).stdout).toBe('{"exporters":[]}\n')
})
