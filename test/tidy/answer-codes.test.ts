import { describe, expect, it } from 'vitest'
import { gapCodes } from '@whodid/model'
import { isTest, readSource, repositorySources } from './source.ts'

const page = readSource('docs/howto/answers.md').text
const [reasonsPart = '', gapsPart = ''] = page.split('## Gaps')

function listed(part: string): string[] {
  return [...part.matchAll(/^\| `([a-z_]+)`/gmu)].map(([, code = '']) => code).toSorted()
}

/** The decision code of `/v1/authority`, whose reasons have a page of their own. */
const authority = 'packages/query/src/authority/'

/** Codes of reasons, as the decision code writes them; findings of the verifier and errors are told elsewhere. */
function written(isHere: (path: string) => boolean): string[] {
  const sources = repositorySources(/^packages\/query\/src\/.*\.ts$/u).filter(
    ({ path, text }) => !isTest(path) && isHere(path) && /\bReason\b|BareReason/u.test(text),
  )
  const codes = sources.flatMap(({ text }) =>
    [...text.matchAll(/\bcode: '([a-z_]+)'/gu)].map(([, code = '']) => code),
  )
  return [...new Set(codes)].toSorted()
}

describe('docs/howto/answers.md', () => {
  it('lists every gap code, and none that is not one', () => {
    expect(listed(gapsPart)).toEqual([...gapCodes].toSorted())
  })

  it('lists every reason that the decision code gives', () => {
    const codes = written((path) => !path.startsWith(authority))
    expect(codes.length).toBeGreaterThan(30)
    expect(codes.filter((code) => !listed(reasonsPart).includes(code))).toEqual([])
  })

  it('lists no reason that no code gives', () => {
    const all = repositorySources(/^packages\/query\/src\/.*\.ts$/u)
      .filter(({ path }) => !isTest(path))
      .map(({ text }) => text)
      .join('\n')
    expect(listed(reasonsPart).filter((code) => !all.includes(`'${code}'`))).toEqual([])
  })
})

describe('docs/howto/identity.md', () => {
  it('lists every reason of an authority', () => {
    const { text } = readSource('docs/howto/identity.md')
    const codes = written((path) => path.startsWith(authority))
    expect(codes.length).toBeGreaterThan(3)
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([])
  })
})
