import type { ChainHop } from '@whodid/model'
import { expect, test } from 'vitest'
import { markupOf } from '../parts/html-of.tsx'
import { Waterfall } from './waterfall.tsx'

const second = (n: number): string =>
  `2026-11-28T10:${`${Math.floor(n / 60)}`.padStart(2, '0')}:${`${n % 60}`.padStart(2, '0')}.000000000Z`

const hop = (n: number, fields: Partial<ChainHop> = {}): ChainHop => ({
  span: `${'a'.repeat(32)}-${n.toString(16).padStart(16, '0')}`,
  record_kind: 'tool_call',
  name: 'execute_tool read_file',
  instance: '01a201c6-f836-79e7-8ca8-11445b431966',
  template: 'db-fixer',
  tool: 'read_file',
  outcome: 'success',
  resource: 'file:/srv/app/a.ts',
  started_at: second(n),
  ended_at: second(n + 1),
  joined_by: 'parent',
  ...fields,
})

test('each record has its bar, its offset and its duration; the last is the act', async () => {
  const text = await markupOf(Waterfall({ chain: [hop(0, { ended_at: second(100) }), hop(50)] }))
  expect(text).toContain('<rect x="0" width="1000" height="8">')
  expect(text).toContain('<rect x="498" width="10" height="8" class="bar-this">')
  expect(text).toContain('<td>50.0 s</td><td>1.00 s</td>')
  expect(text.match(/ as /gu)).toHaveLength(1)
  expect(Waterfall({ chain: [] })).toBeNull()
})

test('a chain of 2,000 records is shown whole in 580 KB, and a longer one says what is left out', async () => {
  const chain = Array.from({ length: 2_000 }, (_, n) => hop(n))
  const cpu = process.cpuUsage()
  const text = await markupOf(Waterfall({ chain }))
  const { user, system } = process.cpuUsage(cpu)
  process.stdout.write(
    `a chain of 2,000 records: ${Math.round((user + system) / 1_000)} ms of CPU, ${Math.round(text.length / 1_000)} KB\n`,
  )
  expect(text.match(/<tr/gu)).toHaveLength(2_001)
  // The rest of a page is some 20 KB.
  expect(Buffer.byteLength(text)).toBeLessThan(580_000)
  const longer = await markupOf(Waterfall({ chain: [...chain, ...chain] }))
  expect(longer).toContain('2000 of 4000 records shown')
  expect(longer.match(/<tr/gu)).toHaveLength(2_001)
})
