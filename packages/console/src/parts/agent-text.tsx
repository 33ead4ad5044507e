import type { JSX } from 'hono/jsx/jsx-runtime'

/** UTF-16 units of a name that are shown in a line. */
const nameLengthMax = 160

/** UTF-16 units of a prompt or a plan that are shown. */
const quoteLengthMax = 4_000

/** Control, bidirectional and invisible characters, and the replacement that the API already put for one. */
const unseen =
  // oxlint-disable-next-line no-control-regex -- the pattern must match control characters
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/** Makes each character that cannot be seen visible, as its code: `⟨U+202E⟩`. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replace(
      unseen,
      (found) => `⟨U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
}

/** A name that came with a record, in one line: isolated, so that it changes the direction of nothing around it, and cut. */
export function Name({ of, max = nameLengthMax }: { of: string; max?: number }): JSX.Element {
  const line = visibleText(of.slice(0, max)).replace(/\s+/gu, ' ').trim()
  const cut = of.length > max
  return (
    <bdi class="name" {...(cut ? { title: `${max} of ${of.length} characters shown` } : {})}>
      {line === '' ? '(empty)' : line}
      {cut ? '…' : ''}
    </bdi>
  )
}

/** A text that an agent was given or wrote: set off from the console's own words, and said to be untrusted. */
export function Quote({ text, label }: { text: string | null; label: string }): JSX.Element {
  if (text === null) return <p class="absent">The text is not on record.</p>
  const shown = visibleText(text.slice(0, quoteLengthMax))
  return (
    <figure class="quote">
      <figcaption>
        <span class="mark-untrusted">Untrusted data</span> {label}
        {text.length > quoteLengthMax
          ? `, ${quoteLengthMax.toLocaleString('en')} of ${text.length.toLocaleString('en')} characters shown`
          : ''}
      </figcaption>
      <blockquote>
        <bdi>{shown}</bdi>
      </blockquote>
    </figure>
  )
}
