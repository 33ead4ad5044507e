import { expect, test } from 'vitest'
import type { Schemas } from '../api-client.ts'
import { renderActions } from './render-lists.ts'
import { createPalette } from './terminal-text.ts'

const span = `${'a'.repeat(32)}-${'b'.repeat(16)}`
const action: Schemas['ListedAction'] = {
  span,
  action: null,
  record_kind: 'tool_call',
  verb: 'delete',
  outcome: 'success',
  tool: 'delete_customers',
  resource: { id: `db:row:shop/customers/${'4'.repeat(100)}`, type: 'db:row' },
  verdict: 'agent',
  grade: 'channel',
  actor: '01a201c6-f836-79e7-8ca8-11445b431966',
  template: 'db-fixer',
  instance: '01a201c6-f836-79e7-8ca8-11445b431966',
  delegator: 'dev@acme.example\u001b[2J\u202e',
  delegator_type: 'human',
  correlation_id: null,
  credential: null,
  started_at: '2026-11-22T05:42:26.000000000Z',
  ended_at: '2026-11-22T05:42:27.000000000Z',
  received_at: '2026-11-22T05:42:28.000000000Z',
}
const plain = createPalette(false)

test('an action is one line where nobody says how wide', () => {
  const lines = renderActions([action, action], plain)
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain(span)
})

test.each([80, 60, 20])('in %i columns it is a block, and the span is whole', (width) => {
  const lines = renderActions([action], createPalette(true), width)
  const shown = renderActions([action], plain, width)
  expect(lines).toHaveLength(shown.length)
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(Math.max(width, 56))
  expect(shown.at(-1)?.trim()).toBe(`span:${span}`)
  const text = shown.join('\n')
  for (const part of [
    'db-fixer',
    'delete success channel',
    'on db:row:shop',
    'for dev@acme.example',
  ])
    expect(text).toContain(part)
  for (const sign of ['\u001b', '\u202e']) expect(text.includes(sign)).toBe(false)
})

test('a terminal that is wide enough has the table', () => {
  expect(renderActions([action], plain, 500)).toHaveLength(2)
})
