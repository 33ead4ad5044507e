/** A stretch of a text, and its replacement. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly mark: string
}

/** One kind of secret: its triggers, and its form. */
export interface SecretRule {
  /** Texts without which no match is possible: one trigger of each group. A text that lacks a group is spared the search. */
  readonly needs: readonly (readonly string[])[]
  /** Adds the secrets of a text to a list. Its time is linear in the length of any text. */
  readonly find: (text: string, edits: Edit[]) => void
}

/** A match: the text before the secret, the secret, and its place. */
export interface Sighting {
  readonly before: string
  readonly secret: string
  readonly text: string
  /** The start of the match, and the secret in it. */
  readonly at: number
  readonly start: number
}

/** The end of the secret where it is shorter than what was matched, true for all of it, false when it is none. */
type Verdict = boolean | number

interface PatternRule {
  readonly needs: SecretRule['needs']
  /** Global. Its first group is what precedes the secret, its second the secret; without groups the secret is the whole match. */
  readonly pattern: RegExp
  readonly kind: string
  readonly accept?: (sighting: Sighting) => Verdict
  /** Put around the mark: a number's quotes, or the quote that a text which was cut lacks. */
  readonly quote?: 'around' | 'where_cut'
}

/** Longest match that may be refused and looked into again; so what is gone through twice is bounded. */
const refusableLengthMax = 512

/** A rule of one pattern. A match that `accept` refuses is searched again from its start, if anything precedes it. */
export function patternRule({ needs, pattern, kind, accept, quote }: PatternRule): SecretRule {
  const mark = `[redacted:${kind}]`
  return {
    needs,
    find: (text, edits) => {
      pattern.lastIndex = 0
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        const before = match[1] ?? ''
        const secret = match[2] ?? match[0]
        const start = match.index + before.length
        const isLong = secret.length > refusableLengthMax
        const verdict =
          accept === undefined || isLong || accept({ before, secret, text, at: match.index, start })
        if (verdict === false) {
          if (before !== '') pattern.lastIndex = start
          continue
        }
        const end = verdict === true ? start + secret.length : start + verdict
        const isCut = quote === 'where_cut' && end === text.length
        edits.push({
          start,
          end,
          mark: quote === 'around' ? `"${mark}"` : isCut ? `${mark}"` : mark,
        })
        if (end > match.index) pattern.lastIndex = end
      }
    },
  }
}
