import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../tidy/source.ts'

interface Report {
  readonly bench: string
  readonly measures: readonly { name: string; value: number | null; why?: string }[]
}

// The bench itself fails where anybody is stopped who was not killed, or goes on who was.
it('kills agents at three points and stops nobody else, under the fixed names', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'bench', '--', 'identity', '--quick', '--json'],
    { cwd: root, timeout: 580_000 },
  )
  expect(stderr).toContain('5 are killed at all points; nobody else is stopped')
  expect(stderr).toContain('16 descendants are stopped')
  const { bench, measures } = JSON.parse(stdout) as Report
  expect(bench).toBe('identity')
  const of = (name: string) => measures.find((measure) => measure.name === name)
  for (const name of [
    'kill_to_last_act_p99_s',
    'kill_to_last_act_p99_s_sdk',
    'kill_to_last_act_p99_s_launcher',
    'kill_to_last_act_p99_s_mcp_proxy',
    'cascade_to_last_act_p99_s',
  ])
    expect(of(name)?.value, name).toBeGreaterThanOrEqual(0)
  expect(of('indeterminate_share')?.value).toBeLessThan(1)
  expect(of('after_proven_share')?.value).toBeGreaterThan(0)
  for (const name of ['seal_verify_cpu_us_per_span', 'seal_make_cpu_us_per_span'])
    expect(of(name)?.value, name).toBeGreaterThan(0)
  expect(of('kill_to_last_act_p99_s_issuer')).toMatchObject({
    value: null,
    why: expect.any(String),
  })
})
