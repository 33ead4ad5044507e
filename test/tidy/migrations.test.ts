import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSource, repositorySources } from './source.ts'

const migrations = repositorySources(/^clickhouse\/\d[^/]*\.sql$/u)

/** Lines of `sha256sum`: what each ledger that was ever made has recorded. */
const fixed = readSource('clickhouse/checksums.txt').text.trimEnd().split('\n')

describe('migrations', () => {
  it('are never edited: each has the checksum that it was first merged with, and a new one adds its line', () => {
    const found = migrations.map(({ path, text }) => {
      const checksum = createHash('sha256').update(text).digest('hex')
      return `${checksum}  ${posix.basename(path)}`
    })
    expect(found.toSorted((a, b) => a.slice(66).localeCompare(b.slice(66)))).toEqual(fixed)
  })

  it('are numbered without a hole', () => {
    const names = migrations.map(({ path }) => posix.basename(path)).toSorted()
    expect(names.length).toBeGreaterThan(0)
    expect(names.map((name) => /^(\d{4})_[a-z0-9_]+\.sql$/u.exec(name)?.[1])).toEqual(
      names.map((_, index) => String(index + 1).padStart(4, '0')),
    )
  })

  it.each(migrations.map(({ path, text }) => [path, text]))('%s is one statement', (_, text) => {
    expect(statementCount(text)).toBe(1)
  })

  it('counts statements, not semicolons', () => {
    expect(statementCount("SELECT ';' -- a; b\n/* c; */;\n")).toBe(1)
    expect(statementCount('SELECT 1; SELECT 2')).toBe(2)
    expect(statementCount('-- nothing')).toBe(0)
  })
})

function statementCount(sql: string): number {
  const code = sql.replaceAll(
    /'(?:[^'\\]|\\.|'')*'|`[^`]*`|"[^"]*"|--[^\n]*|\/\*.*?\*\//gsu,
    (token) => (/^(--|\/\*)/u.test(token) ? '' : 'x'),
  )
  return code.split(';').filter((statement) => statement.trim() !== '').length
}
