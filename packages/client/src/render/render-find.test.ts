import { expect, test } from 'vitest'
import type { Schemas } from '../api-client.ts'
import { renderFind } from './render-find.ts'
import { createPalette } from './terminal-text.ts'

const candidate: Schemas['Candidate'] = {
  kind: 'resource',
  label: 'db:row:shop/\u001b[2Jx',
  why: { code: 'is_the_name', text: 'this is the name' },
  records: 3,
  acts: 2,
  is_counted_whole: false,
  first_at: '2026-11-27T14:00:00.000000000Z',
  last_at: '2026-11-27T15:00:00.000000000Z',
  newest: null,
  leads_to: {
    question: 'who_did',
    of: `resource:x'; rm -rf ~; '$(id)`,
    filters: { as_recorded: 'a b' },
  },
  related: [],
}
const answer: Schemas['FindAnswer'] = {
  clue: 'x',
  is_cut: false,
  time: { after: null, before: null, from_clue: false },
  readings: [{ reading: 'name', text: 'a name' }],
  candidates: [candidate],
  more: true,
  did_you_mean: [],
  searched: [
    {
      place: 'texts',
      text: 'Looked for it',
      looked_at: 1,
      reached: null,
      is_whole: false,
      needs_time: true,
    },
  ],
  advice: 'Give a time.',
  cost: { statements: 1, rows_read: 1, bytes_read: 1, elapsed_ms: 1 },
}

test('a candidate is shown with its command, in which every text is quoted', () => {
  const lines = renderFind(answer, createPalette(false), 80)
  const shown = lines.join('\n')
  expect(shown).not.toContain('\u001b')
  expect(shown).toContain(
    `  whodid ask --as-recorded 'a b' 'resource:x'\\''; rm -rf ~; '\\''$(id)'`,
  )
  expect(shown).toMatch(/^resource +db:row:shop\/\ufffd\[2Jx +3\+ /mu)
  expect(lines).toContain('! Looked for it')
  expect(lines.at(-1)).toBe('Give a time.')
})

test('an option cannot be smuggled in as a plain word', () => {
  const lead = { question: 'find', of: '--limit', filters: {} } as const
  const shown = renderFind(
    { ...answer, candidates: [{ ...candidate, leads_to: lead }] },
    createPalette(false),
    80,
  )
  expect(shown.join('\n')).toContain(`whodid find -- '--limit'`)
})
