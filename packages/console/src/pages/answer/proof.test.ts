import type { IntegrityCheck, WhoDidAnswer } from '@whodid/model'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { Proof } from './proof.tsx'

const loss = {
  log: 'ledger.example/c1',
  from: 40,
  to: 52,
  accepted_by: 'Jane <b>Roe</b>',
  requested_by: 'admin',
  accepted_at: '2026-11-29T08:00:00.000000000Z',
  reason: 'the disk died',
  record: `${'1'.repeat(32)}-${'2'.repeat(16)}`,
}
const check: IntegrityCheck = {
  state: 'ok',
  checked_at: '2026-11-29T09:00:00.000000000Z',
  whole_since: null,
  texts_whole_since: null,
  findings: [],
  accepted_losses: [],
}
const integrity: WhoDidAnswer['integrity'] = {
  state: 'pending',
  assurance: null,
  log: null,
  index: null,
  checkpoint: null,
  proof: null,
  findings: [],
  check,
}

async function proofOf(changed: Partial<WhoDidAnswer['integrity']>): Promise<string> {
  const cost = { statements: 2, rows_read: 0, bytes_read: 0, elapsed_ms: 1 }
  const answer = { integrity: { ...integrity, ...changed }, action: null, chain: [], cost }
  // Sound: the part reads these fields of an answer alone.
  const page = new Hono().get('/', (c) =>
    c.html(Proof({ answer: answer as unknown as WhoDidAnswer })),
  )
  return (await page.request('/')).text()
}

it('says of an answer without a record that nothing is to be proved, and not that it is soon sealed', async () => {
  expect(await proofOf({})).toContain('no seal proves an absence')
  expect(await proofOf({})).not.toContain('sealing takes')
})

it('blames no quoted record for what the ledger as a whole has', async () => {
  const failed = await proofOf({ state: 'failed', check: { ...check, state: 'failed' } })
  expect(failed).toContain('none was found changed')
  expect(failed).toContain('self-check FAILED')
  const changed = await proofOf({
    state: 'failed',
    findings: [{ span: loss.record, text: 'row 3' }],
  })
  expect(changed).toContain('A record quoted here is not what was sealed.')
})

it('says who accepted that records are lost, and never that the ledger is as sealed', async () => {
  const html = await proofOf({
    check: { ...check, state: 'loss_accepted', accepted_losses: [loss] },
  })
  expect(html).toContain('self-check NOT WHOLE, loss accepted')
  expect(html).toMatch(/places 40–51/u)
  expect(html).toContain('Jane &lt;b&gt;Roe&lt;/b&gt;')
  expect(html).not.toContain('as sealed')
})
