import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseVkey } from '@whodid/tlog'
import { parseWitnesses, submitCheckpoint } from '@whodid/witness'
import type { WitnessEndpoint } from '@whodid/witness'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWitnessedLog } from '../harness/witnessed-log.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const killsMax = 6

let dir: string
let child: ChildProcess | undefined
const log = startWitnessedLog()

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-witness-kill-'))
})

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await rm(dir, { recursive: true })
})

test('a witness that is killed again and again never takes a cosignature back', async () => {
  let size = 0
  let cosigned = 0
  for (let kill = 0; kill < killsMax; kill++) {
    const witness = await start()
    // The first answer of the new process says what it remembers; the submission adapts to it.
    let goesOn = true
    let killer: Promise<void> | undefined
    const killSoon = async (): Promise<void> => {
      await sleep(kill * 13)
      const ended = once(child!, 'exit')
      child?.kill('SIGKILL')
      await ended
    }
    while (goesOn) {
      size += 1
      const submission = await submitCheckpoint(witness, {
        checkpoint: log.growTo(size),
        reader: log.reader,
        oldSize: cosigned,
        timeoutMs: 60_000,
      })
      goesOn = submission.outcome === 'cosigned'
      if (submission.outcome === 'cosigned') {
        cosigned = submission.size
        killer ??= killSoon()
      } else expect(submission.outcome).toBe('unreachable')
    }
    await killer
  }
  expect(cosigned).toBeGreaterThan(0)
  const witness = await start()
  // What it gave out binds it still: an earlier tree and another past are refused.
  log.cutTo(cosigned - 1)
  const fork = log.growTo(size + 10, 'another')
  const answer = await submitCheckpoint(witness, { checkpoint: fork, reader: log.reader })
  expect(answer.outcome).toBe('fork')
})

test('the command makes its key once, keeps it to itself, and says how to submit to it', async () => {
  const first = await start()
  expect((await stat(join(dir, 'key'))).mode & 0o777).toBe(0o600)
  const skey = await readFile(join(dir, 'key'), 'utf8')
  child!.kill('SIGTERM')
  expect(await once(child!, 'exit')).toEqual([0, null])
  const second = await start()
  expect(second.key.vkey).toBe(first.key.vkey)
  expect(await readFile(join(dir, 'key'), 'utf8')).toBe(skey)
  for (const [args, complaint] of [
    [['--key', join(dir, 'key')], 'at least one key'],
    [['--key', join(dir, 'none'), '--log', log.signer.verifier.vkey], 'expected --name'],
    [['--key', join(dir, 'key'), '--name', 'other', '--log', 'x'], '--log: vkey'],
    [['--key', dir, '--log', log.signer.verifier.vkey], 'expected a readable file'],
    [['--log', log.signer.verifier.vkey], 'expected --key'],
  ] as const) {
    const { code, stderr } = await run(args)
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining(complaint)])
    expect(code).not.toBe(0)
    expect(stderr).not.toContain('PRIVATE')
  }
})

/** Starts `whodid witness` with the state of the one before it. */
async function start(): Promise<WitnessEndpoint> {
  const key = join(dir, 'key')
  const args = ['--key', key, '--name', 'witness.example/w1', '--log', log.signer.verifier.vkey]
  child = spawn(process.execPath, [main, 'witness', ...args, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout! })
  // The first line is {"event":"ready",…}; anything else fails what follows.
  const [line] = (await once(lines, 'line')) as [string]
  const { vkey, url } = JSON.parse(line) as { vkey: string; url: string }
  expect(parseVkey(vkey).name).toBe('witness.example/w1')
  return parseWitnesses(`${vkey} ${url}`, 'ready')[0]!
}

async function run(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const process_ = spawn(process.execPath, [main, 'witness', ...args, '--port', '0'])
  let stderr = ''
  process_.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // The pair that the event gives.
  const [code] = (await once(process_, 'close')) as [number | null]
  return { code, stderr }
}
