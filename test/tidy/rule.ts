import { exceptions } from './exceptions.ts'
import type { Source } from './source.ts'

/** A rule of the style guide: finds what breaks it in one file. */
export interface Rule {
  readonly name: RuleName
  /** Each finding is `<line>: <what is wrong>`. */
  readonly check: (source: Source) => readonly string[]
}

/** The rules that an exception can be listed for. */
export type RuleName =
  | 'file-length'
  | 'function-length'
  | 'import-count'
  | 'parameter-count'
  | 'file-name'
  | 'named-after-export'
  | 'exports'
  | 'any'
  | 'cast'
  | 'suppression'
  | 'marker'
  | 'comment'
  | 'catch'
  | 'import'

/** A file that may break a rule, and why it should. */
export interface Exception {
  readonly rule: RuleName
  readonly path: string
  readonly reason: string
}

/** What breaks the rule and is no listed exception; an exception that is no longer needed breaks it too. */
export function violations(rule: Rule, sources: readonly Source[]): readonly string[] {
  const excused = exceptions.filter((exception) => exception.rule === rule.name)
  const used = new Set<string>()
  const found = sources.filter(isWritten).flatMap((source) => {
    const findings = rule.check(source)
    if (findings.length === 0) return []
    if (!excused.some(({ path }) => path === source.path))
      return findings.map((finding) => `${source.path}:${finding}`)
    used.add(source.path)
    return []
  })
  const stale = excused.filter(({ path }) => !used.has(path))
  return [...found, ...stale.map(({ path }) => `${path}: needs no exception from ${rule.name}`)]
}

/** What a generator wrote is not to be read; a test compares it with what the generator writes today. */
function isWritten({ path }: Source): boolean {
  return !path.endsWith('.generated.ts') && path !== 'packages/evidence/verify.mjs'
}
