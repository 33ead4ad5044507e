import type { SecretName } from './secret-names.ts'
import type { Edit } from './secret-rule.ts'

/** A secret's name, the text between it and the supposed secret, and the supposed secret. */
export interface Named {
  readonly name: SecretName
  readonly joint: string
  readonly secret: string
  readonly text: string
  readonly start: number
}

/** A form in which a secret follows its name. */
export interface SecretTail {
  /** Sticky, tried where the name ends. Its first group is the text between, its second the secret. */
  readonly pattern: RegExp
  /** The characters that may follow the name, and with a sign between those that may follow the sign: most tails are excluded by them. */
  readonly first: string
  readonly opens?: string
  /** Is called before the pattern is tried, because it costs less. */
  readonly when?: (name: SecretName, text: string) => boolean
  readonly kind: 'secret' | 'password'
  /** The end of the secret where it is shorter than what was matched, true for all of it, false when it is none. */
  readonly accept: (named: Named) => boolean | number
  /** Put around the mark: a number's quotes, or the quote that a text which was cut lacks. */
  readonly quote?: 'around' | 'where_cut'
}

/** Longest match that may be refused: a longer one is no word of a sentence. It also bounds the text that is searched twice. */
const refusableLengthMax = 512

/** The edit that hides what follows a name in this form, if it does. */
export function editAt(tail: SecretTail, name: SecretName, text: string): Edit | undefined {
  const { pattern, kind, accept, quote, when } = tail
  if (when !== undefined && !when(name, text)) return undefined
  pattern.lastIndex = name.end
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, joint = '', secret = ''] = match
  const start = name.end + joint.length
  const verdict = secret.length > refusableLengthMax || accept({ name, joint, secret, text, start })
  if (verdict === false) return undefined
  const end = start + (verdict === true ? secret.length : verdict)
  const mark = `[redacted:${kind}]`
  if (quote === 'around') return { start, end, mark: `"${mark}"` }
  return { start, end, mark: quote === 'where_cut' && end === text.length ? `${mark}"` : mark }
}
