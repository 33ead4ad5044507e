import { expect, test } from 'vitest'
import { markupOf } from './html-of.tsx'
import { Name, Quote, visibleText } from './agent-text.tsx'

test('a character that cannot be seen is shown by its code', () => {
  expect(visibleText('a\u202eb\u200bc\u0000d\u{e0041}\n\t')).toBe(
    'a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩d⟨U+E0041⟩\n\t',
  )
  expect(visibleText('\ud800')).toBe('\ufffd')
})

test('a name is isolated, escaped, in one line and cut', async () => {
  const shown = await markupOf(Name({ of: '<script>\n"x"', max: 40 }))
  expect(shown).toBe('<bdi class="name">&lt;script&gt; &quot;x&quot;</bdi>')
  expect(await markupOf(Name({ of: 'a'.repeat(200) }))).toContain('160 of 200 characters shown')
  expect(await markupOf(Name({ of: '' }))).toContain('(empty)')
})

test('a quote says that it is untrusted, and what of it is shown', async () => {
  const shown = await markupOf(Quote({ text: 'x'.repeat(5_000), label: 'prompt' }))
  expect(shown).toContain('Untrusted data')
  expect(shown).toContain('4,000 of 5,000 characters shown')
  expect(shown.match(/x{100,}/u)?.[0]).toHaveLength(4_000)
  expect(await markupOf(Quote({ text: null, label: 'prompt' }))).toContain('not on record')
})
