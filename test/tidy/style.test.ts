import { describe, expect, it } from 'vitest'
import { commentsOf, isTest, lineAt, repositorySources, syntaxOf } from './source.ts'
import type { Source } from './source.ts'

const product = repositorySources(/^packages\/.*\/src\/.*\.(ts|tsx)$/u).filter(
  ({ path }) => !isTest(path) && !path.endsWith('.generated.ts'),
)
const pages = repositorySources(/^(?:docs\/.*|README|SECURITY|packages\/.*\/README)\.md$/u).filter(
  ({ path }) => !path.startsWith('docs/decisions/'),
)

/** Largest share of comment sentences that begin with a question word: a sentence has a subject and a verb. */
const questionOpeningsMax = 0.014

/** Words that were replaced; a colleague would have to learn them. The wire, the command line and files on disk keep theirs. */
const replaced: readonly (readonly [RegExp, string])[] = [
  [/\bfor ever\b/iu, 'indefinitely'],
  [/\bcustodians?\b/iu, 'retention'],
  [/\bsealers?\b/iu, 'sequencer'],
  [/\bsealed segments?\b/iu, 'closed segment'],
  [/\btestimon(?:y|ies)\b/iu, 'merged record'],
  [/\bcomes? to\b(?! (?:the|a|an|this|that|its)\b)/iu, 'result'],
  [/\blets? go\b/iu, 'release, delete'],
]

interface Sentence {
  /** `<path>:<line>`. */
  readonly at: string
  readonly text: string
}

const sentences = product.flatMap(sentencesOf)

describe('style', () => {
  it('opens a comment’s sentence with its subject, not with a question word', () => {
    expect(sentences.length).toBeGreaterThan(2000)
    const opening = sentences.filter(({ text }) => isQuestionOpening(text))
    const share = opening.length / sentences.length
    const examples = opening.slice(0, 40).map(({ at, text }) => `${at} ${text.slice(0, 80)}`)
    expect(share, examples.join('\n')).toBeLessThanOrEqual(questionOpeningsMax)
  })

  it.each(replaced)('%s is said as "%s"', (word) => {
    const found = [
      ...sentences
        .filter(({ text }) => word.test(text))
        .map(({ at, text }) => `${at} ${text.slice(0, 80)}`),
      ...pages.flatMap(({ path, text }) =>
        text
          .split('\n')
          .flatMap((line, index) =>
            word.test(line.replaceAll(/`[^`]*`/gu, '')) ? [`${path}:${index + 1}`] : [],
          ),
      ),
    ]
    expect(found).toEqual([])
  })

  it('keeps files in one piece', () => {
    const lengths = product
      .filter(({ path }) => !path.endsWith('/index.ts'))
      .map(({ text }) => text.trimEnd().split('\n').length)
      .toSorted((a, b) => a - b)
    const short = lengths.filter((length) => length <= 40).length
    expect(short / lengths.length).toBeLessThanOrEqual(0.15)
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(250)
  })

  it('tells a question word from a subject', () => {
    expect(isQuestionOpening('What stands above.')).toBe(true)
    expect(isQuestionOpening('Whether it is there.')).toBe(true)
    expect(isQuestionOpening('Returns what stands above.')).toBe(false)
    expect(isQuestionOpening('Whodid answers.')).toBe(false)
  })
})

function isQuestionOpening(sentence: string): boolean {
  return /^(?:What|Who|Whom|Whose|Whether|Where|How|Whoever|Whatever|Which)\b/u.test(sentence)
}

/** The sentences of the comments of a file. Tags, code and lists are not sentences. */
function sentencesOf(source: Source): Sentence[] {
  const file = syntaxOf(source)
  return commentsOf(file).flatMap(({ position, text }) => {
    const at = `${source.path}:${lineAt(file, position)}`
    const body = text
      .replace(/^\/\*\*?|\*\/$/gu, '')
      .split('\n')
      .map((each) => each.replace(/^\s*(?:\*|\/\/)\s?/u, ''))
      .join('\n')
      .split(/\n\s*@example/u)[0]
    return (body ?? '')
      .split(/(?<=[.!?])\s+|\n\s*\n/u)
      .map((sentence) => sentence.trim().replaceAll(/\s+/gu, ' '))
      .filter((sentence) => /\w/u.test(sentence) && !/^[@`<|-]/u.test(sentence))
      .map((sentence) => ({ at, text: sentence }))
  })
}
