import { expect, test } from 'vitest'
import { WhodidError } from '@whodid/model'
import { boundCalls, callsInFlightMax, questionOf } from './mcp-server.ts'
import type { ToolQuestion } from './mcp-server.ts'
import { toolTable } from './tool-table.ts'

const { signal } = new AbortController()
const question: ToolQuestion = { tool: 'find', path: '/v1/find', parameters: {}, signal }

test('a call becomes the question of its route', () => {
  const tool = { name: 'blast_radius', path: '/v1/instances/{id}/blast-radius' }
  const given = { id: 'a/b $& é?', limit: 5, from: undefined }
  expect(questionOf(tool, { given, signal })).toEqual({
    tool: 'blast_radius',
    path: '/v1/instances/a%2Fb%20%24%26%20%C3%A9%3F/blast-radius',
    parameters: { limit: '5' },
    signal,
  })
})

test.each([
  ['find', { q: 'x', limit: 100 }, { q: 'x', limit: 101 }],
  ['who_did', { of: 'trace:x', limit: 0 }, { of: 'trace:x', limit: 101 }],
  ['actions', { verb: 'delete', limit: 1 }, { verb: 'delete', limit: 0 }],
  ['instance', { id: 'x' }, { id: '' }],
  ['blast_radius', { id: 'x', limit: 10 }, { id: 'x', limit: '10' }],
  ['verify', { id: 'x' }, { id: 'x', also: 'y' }],
])('%s takes its bounds and no more', (name, within, beyond) => {
  const input = toolTable.find((tool) => tool.name === name)?.input
  expect(input?.safeParse(within).success).toBe(true)
  expect(input?.safeParse(beyond).success).toBe(false)
})

test('one call more than the bound is refused, and a place becomes free when a call ends', async () => {
  let free = (_answer: string): void => {}
  const answer = new Promise<string>((resolve) => {
    free = resolve
  })
  const ask = boundCalls()(() => answer)
  const calls = Array.from({ length: callsInFlightMax }, () => ask(question))
  await expect(ask(question)).rejects.toMatchObject({ code: 'too_many_requests' })
  free('answered')
  await Promise.all(calls)
  expect(await ask(question)).toBe('answered')
  const failing = boundCalls()(() => Promise.reject(new WhodidError('not_found', 'none')))
  for (let n = 0; n <= callsInFlightMax; n += 1)
    await expect(failing(question)).rejects.toMatchObject({ code: 'not_found' })
})
