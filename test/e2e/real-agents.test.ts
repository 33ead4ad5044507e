import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git, runAgents, temporaryDirectory } from '../harness/run-agents.ts'
import { startMessagesModel } from '../harness/scripted-model.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

/** `1` installs the agents into a temporary directory; a directory that has them as `node_modules` is used as it is. */
const asked = process.env['WHODID_REAL_AGENTS'] ?? ''
const packages = ['@anthropic-ai/claude-code@2.1.197']

describe.skipIf(asked === '')('the real agents under whodid run (WHODID_REAL_AGENTS=1)', () => {
  let whodid: WhodidProcess
  let place: Awaited<ReturnType<typeof temporaryDirectory>>
  let bin: string

  beforeAll(async () => {
    place = await temporaryDirectory()
    const directory = existsSync(asked) ? asked : join(place.path, 'agents')
    if (directory !== asked) {
      await mkdir(directory)
      execFileSync(
        'npm',
        ['install', '--prefix', directory, '--no-audit', '--no-fund', ...packages],
        {
          stdio: 'ignore',
        },
      )
    }
    bin = join(directory, 'node_modules')
    whodid = await startWhodidProcess()
  })

  afterAll(async () => {
    await whodid.remove()
    await place.remove()
  })

  it('Claude Code: its prompt, its edits, its commit and its person are on record', async () => {
    const repository = join(place.path, 'app')
    const home = join(place.path, 'home')
    await mkdir(home)
    git(place.path, 'init', '-q', '-b', 'main', repository)
    git(repository, 'remote', 'add', 'origin', 'git@github.com:acme/app.git')
    git(repository, 'config', 'user.email', 'bot@acme.example')
    git(repository, 'config', 'user.name', 'Bot')
    const path = join(repository, 'title.md')
    const model = await startMessagesModel([
      { name: 'Write', input: { file_path: path, content: '# Title\n' } },
      { name: 'Bash', input: { command: 'git add -A && git commit -q -m "Add the title"' } },
      { name: 'Bash', input: { command: 'exit 3' } },
    ])
    const claude = join(bin, '@anthropic-ai', 'claude-code-linux-x64', 'claude')
    const command = [claude, '-p', 'Add a title', '--allowedTools', 'Write', 'Bash']
    const ran = await runAgents(
      ['--template', 'titler', '--for', 'ada@acme.example', '--', ...command],
      {
        directory: repository,
        environment: {
          HOME: home,
          XDG_STATE_HOME: join(place.path, 'state'),
          WHODID_ENDPOINT: whodid.otlpUrl,
          WHODID_INGEST_TOKEN: whodid.tokens.ingest,
          ANTHROPIC_BASE_URL: model.url,
          ANTHROPIC_API_KEY: 'scripted',
          DISABLE_AUTOUPDATER: '1',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        },
      },
    )
    await model.stop()
    expect(ran, JSON.stringify({ ran, asked: model.asked })).toMatchObject({ code: 0, stderr: '' })
    const sha = git(repository, 'rev-parse', 'HEAD')
    expect(git(repository, 'log', '-1', '--format=%(trailers:key=Whodid-Template,valueonly)')).toBe(
      'titler',
    )
    const isDone = ({ action, prompt }: { action: unknown; prompt: unknown }): boolean =>
      action !== null && prompt !== null
    for (const of of [`file:${path}`, `github:commit:acme/app/${sha}`])
      expect(await whodid.whoDid(of, isDone), of).toMatchObject({
        verdict: 'agent',
        grade: 'channel',
        action: { outcome: 'success' },
        agent: { template: { id: 'titler' } },
        delegator: { id: 'ada@acme.example' },
        prompt: { text: 'Add a title' },
        alternatives: [],
      })
    // Nothing outside the run's own directory was written by the launcher.
    expect(await readdir(join(place.path, 'state', 'whodid', 'runs'))).toEqual([])
    expect(existsSync(join(home, '.claude', 'settings.json'))).toBe(false)
  })
})
