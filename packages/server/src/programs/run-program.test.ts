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
