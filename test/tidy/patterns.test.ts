import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { attacksOn } from './pattern-attacks.ts'
import { isTest, lineAt, nodesOf, repositorySources, syntaxOf } from './source.ts'

// A pattern that takes the square of a text's length holds up an event loop for minutes, and no type shows it. Each one of the
// product is tried on texts made of its own alphabet; where the time comes from is then this rule's to say, not an attacker's.

/**
 * UTF-16 units of a text, smallest first: what is exponential shows at the first, what is cubic at the third, what is quadratic at the last. No
 * machine gets through a worse pattern in time before the length at which it would not come back for hours.
 */
const lengths = [28, 600, 1_500, 20_000]

/** Milliseconds of CPU that one look at such a text may take; a linear one takes less than one. */
const cpuMsMax = 60

interface Pattern {
  readonly place: string
  readonly regExp: RegExp
}

const patterns = repositorySources(
  /^packages\/(?:instrumentation\/)?[^/]+\/(?:src\/.*\.ts|[^/]+\.mjs)$/u,
)
  .filter(({ path }) => !isTest(path))
  .flatMap((source): Pattern[] => {
    const file = syntaxOf(source)
    return [...nodesOf(file)].filter(ts.isRegularExpressionLiteral).map((node) => {
      const text = node.getText(file)
      const end = text.lastIndexOf('/')
      const place = `${source.path}:${lineAt(file, node.getStart(file))} ${text.slice(0, 60)}`
      return { place, regExp: new RegExp(text.slice(1, end), text.slice(end + 1)) }
    })
  })

describe('patterns over outside text', () => {
  it.each(patterns.map(({ place, regExp }) => [place, regExp] as const))(
    '%s is linear',
    (_, regExp) => {
      expect(slowOn(regExp)).toBeUndefined()
    },
  )

  it('finds what is not', () => {
    for (const slow of [/\/+$/u, /[\s;]*$/u, /(a+)+$/u, /^(\w+\s?)*$/u, /x.*y.*z/su, /a*b?a*c/u])
      expect(slowOn(slow), String(slow)).toBeDefined()
    for (const quick of [/^\/+$/u, /\s+/gu, /^[\w.]*=?$/u, /^([^+]*)\+([^+]*)$/u])
      expect(slowOn(quick), String(quick)).toBeUndefined()
  })
})

/** The start of a text that a pattern takes too long for; undefined when there is none. */
function slowOn(regExp: RegExp): string | undefined {
  for (const length of lengths)
    for (const attack of attacksOn(regExp.source, length))
      // A busy machine is slow once; a pattern always.
      if ([1, 2, 3].every(() => cpuMsOf(regExp, attack) > cpuMsMax))
        return `${attack.length} units: ${JSON.stringify(attack.slice(0, 40))}…`
  return undefined
}

function cpuMsOf(regExp: RegExp, text: string): number {
  const before = process.cpuUsage()
  text.replace(regExp, '')
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
