import { readFile } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const bounds = { msMax: 20_000, outputBytesMax: 1_000 }

function run(script: string, input = '', more: object = {}) {
  return runProgram([process.execPath, '-e', script], input, { ...bounds, ...more })
}

afterEach(() => {
  delete process.env['WHODID_TOKEN']
})

test('a program gets its input, and its output comes back', async () => {
  const end = await run('process.stdin.pipe(process.stdout)', 'a finding')
  expect(end).toEqual({ output: Buffer.from('a finding'), why: undefined, code: '' })
})

test('its arguments are read by no shell, and settings of Whodid are not in its environment', async () => {
  process.env['WHODID_TOKEN'] = 'secret'
  const script = 'console.log(JSON.stringify([process.argv[1], process.env.WHODID_TOKEN ?? null]))'
  const line = '$(id); `id` && echo'
  const { output } = await runProgram([process.execPath, '-e', script, line], '', bounds)
  expect(JSON.parse(output.toString())).toEqual([line, null])
})

test.each([
  [
    'an exit code',
    'console.error("no route"); process.exit(3)',
    {},
    /^exit_3: .* code 3: no route$/u,
  ],
  [
    'too much output',
    'console.log("x".repeat(100000))',
    {},
    /^output_too_large: .* more than 1000/u,
  ],
  [
    'too much time',
    'setTimeout(() => {}, 60000)',
    { msMax: 300 },
    /^timed_out: .* more than 0.3 s$/u,
  ],
])('%s is told apart', async (_, script, more, end) => {
  const { code, why = '' } = await run(script, 'unread', more)
  expect(`${code}: ${why}`).toMatch(end)
})

test('a program that is not there, and one that is stopped, did not do their part', async () => {
  const missing = await runProgram(['/no/such/program'], 'x', bounds)
  expect(missing).toMatchObject({ code: 'not_started' })
  const stopping = new AbortController()
  const running = run('setTimeout(() => {}, 60000)', '', { signal: stopping.signal })
  stopping.abort()
  expect((await running).code).not.toBe('')
})

/** Whether a process of this ID runs; one that ended and was not yet waited for does not. */
async function runs(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return state !== '' && !/^\d+ \(.*\) Z/u.test(state)
}

test.skipIf(process.platform !== 'linux').each([
  ['that it left behind', 'sleep 60 & echo $!; exit 0', 20_000, ''],
  ['that a shell waits for', 'sleep 60 & echo $!; wait; exit 0', 300, 'timed_out'],
])('a program %s holds nothing up, and is ended', async (_, script, msMax, code) => {
  const startedMs = performance.now()
  const end = await runProgram(['/bin/sh', '-c', script], '', { msMax, outputBytesMax: 1_000 })
  expect(end.code).toBe(code)
  expect(performance.now() - startedMs).toBeLessThan(10_000)
  const pid = Number(end.output.toString())
  expect(pid).toBeGreaterThan(1)
  await expect.poll(() => runs(pid), { timeout: 5_000 }).toBe(false)
})

test('a program that is not wanted any more ends with what it started', async () => {
  const stopping = new AbortController()
  setTimeout(() => {
    stopping.abort()
  }, 200)
  const startedMs = performance.now()
  const options = { ...bounds, msMax: 30_000, signal: stopping.signal }
  const end = await runProgram(['/bin/sh', '-c', 'sleep 60; exit 0'], '', options)
  expect(end).toMatchObject({ code: 'killed', why: 'it was ended with the service' })
  expect(performance.now() - startedMs).toBeLessThan(10_000)
})
