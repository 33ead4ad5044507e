import { expect, test } from 'vitest'
import { clueTakenMax, parseFindQuestion } from './question.ts'

const nowMs = Date.UTC(2026, 10, 28)

function refusal(q: string, more: { readonly zone?: string } = {}): unknown {
  try {
    return parseFindQuestion({ q, ...more }, nowMs)
  } catch (thrown) {
    return thrown
  }
}

test('a clue is as long as is said, where a character of two UTF-16 units counts once', () => {
  for (const one of ['a', '\u{1F600}']) {
    expect(refusal(one.repeat(clueTakenMax))).toMatchObject({ isCut: true })
    expect(refusal(one.repeat(clueTakenMax + 1))).toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringContaining(`"q" expected a clue of at most ${clueTakenMax} characters`),
    })
  }
  expect(refusal('a'.repeat(1_000_000))).toMatchObject({ code: 'invalid_parameter' })
})

test('a blank clue and a zone that is none are quoted', () => {
  expect(refusal(' \n')).toMatchObject({ code: 'invalid_parameter' })
  const zone = 'AA/AAAA'
  expect(refusal('yesterday', { zone })).toMatchObject({
    message: `"zone" expected a time zone such as Europe/Berlin; got "${zone}"`,
  })
})
