import { createHash } from 'node:crypto'
import { WhodidError } from '@whodid/model'
import { findingSeverities as severities } from '@whodid/model/answers'
import type { Detection, Threshold } from './detection.ts'

/** Characters of a detection's file at most. */
export const detectionLengthMax = 16_384

/** Lines of its header at most. */
const headerLinesMax = 100

const thresholdsMax = 16

const everySecondsMax = 86_400

const idPattern = /^[a-z][a-z0-9-]{2,48}$/u
const thresholdPattern = /^([a-z][a-z0-9_]{0,31}) (UInt64|Float64) (\d{1,12}(?:\.\d{1,6})?) (.+)$/u
const timeParameters = ['since', 'until']
const forbiddenWords = /\b(?:SETTINGS|FORMAT|OUTFILE|INSERT|CREATE|DROP|ALTER|GRANT|SYSTEM)\b/iu

/** A line of the header, with its number in the file. */
interface HeaderLine {
  readonly key: string
  readonly value: string
  readonly line: number
}

/**
 * Reads one detection: a header of `-- key: value` comments, in which a line that begins with `--   ` goes on with the one before, and one
 * SELECT over the views `whodid.v_*`. It says nothing about the names and types that the SELECT gives: the engine does, when it runs.
 *
 * Throws `invalid_config`, with file and line, for anything else.
 */
export function parseDetection(text: string, file: string): Detection {
  if (text.length > detectionLengthMax)
    throw refuse(file, 1, `at most ${detectionLengthMax} characters; got ${text.length}`)
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--'))
  const header = readHeader(end < 0 ? lines : lines.slice(0, end), file)
  const sql = lines
    .slice(end < 0 ? lines.length : end)
    .join('\n')
    .trim()
  const thresholds = readThresholds(header, file)
  const one = (key: string): HeaderLine => onlyLine(header, key, { file })
  const id = one('id')
  if (!idPattern.test(id.value) || file.replace(/^.*\//u, '') !== `${id.value}.sql`)
    throw refuse(file, id.line, '"id" to be the name of the file: small letters, digits, hyphens')
  const detection = {
    id: id.value,
    version: wholeNumber(one('version'), { file, min: 1, max: 9_999 }),
    title: one('title').value,
    severity: readSeverity(one('severity'), file),
    owasp: readList(one('owasp'), { file, form: /^ASI\d\d$/u }),
    atlas: readList(one('atlas'), { file, form: /^AML\.T\d{4}(?:\.\d{3})?$/u }),
    everySeconds: wholeNumber(one('every'), { file, min: 0, max: everySecondsMax }),
    needs: readNeeds(header, file),
    question: one('question').value,
    limits: one('limits').value,
    advice: one('advice').value,
    expects: wholeNumber(one('expects'), { file, min: 1, max: 999 }),
    thresholds,
    sql,
    queryHash: createHash('sha256').update(sql).digest('hex'),
  }
  checkSql({ sql, thresholds, file, line: (end < 0 ? lines.length : end) + 1 })
  return detection
}

const keys =
  'id version title severity owasp atlas every needs question limits advice expects threshold'.split(
    ' ',
  )

function readHeader(lines: readonly string[], file: string): HeaderLine[] {
  if (lines.length > headerLinesMax)
    throw refuse(file, headerLinesMax + 1, `a header of at most ${headerLinesMax} lines`)
  const header: HeaderLine[] = []
  for (const [index, text] of lines.entries()) {
    const line = index + 1
    const last = header.at(-1)
    const more = /^-- {3,}(\S.*)$/u.exec(text)?.[1]
    if (more !== undefined && last !== undefined) {
      header[header.length - 1] = { ...last, value: `${last.value} ${more.trim()}` }
      continue
    }
    const [, key = '', value = ''] = /^-- ([a-z]+): (\S.*)$/u.exec(text) ?? []
    if (!keys.includes(key)) throw refuse(file, line, `"-- <key>: <value>", key ${keys.join(', ')}`)
    header.push({ key, value: value.trim(), line })
  }
  return header
}

function onlyLine(
  header: readonly HeaderLine[],
  key: string,
  { file }: { readonly file: string },
): HeaderLine {
  const found = header.filter((line) => line.key === key)
  const [first, second] = found
  if (first === undefined) throw refuse(file, 1, `the key "${key}"; got none`)
  if (second !== undefined) throw refuse(file, second.line, `the key "${key}" once; got it twice`)
  return first
}

function readThresholds(header: readonly HeaderLine[], file: string): Threshold[] {
  const found = header.filter(({ key }) => key === 'threshold')
  const thresholds = found.map(({ value, line }): Threshold => {
    const [, name = '', type, text = '', meaning = ''] = thresholdPattern.exec(value) ?? []
    if (type !== 'UInt64' && type !== 'Float64')
      throw refuse(file, line, '"<name> <UInt64 or Float64> <number> <meaning>"')
    if (timeParameters.includes(name)) throw refuse(file, line, `another name than "${name}"`)
    if (type === 'UInt64' && text.includes('.')) throw refuse(file, line, 'a whole number')
    return { name, type, value: Number(text), meaning }
  })
  const twice = thresholds.find(({ name }, at) => thresholds.findIndex((t) => t.name === name) < at)
  if (twice !== undefined) throw refuse(file, 1, `the threshold "${twice.name}" once`)
  if (thresholds.length > thresholdsMax)
    throw refuse(file, 1, `at most ${thresholdsMax} thresholds`)
  return thresholds
}

function checkSql({
  sql,
  thresholds,
  file,
  line,
}: {
  readonly sql: string
  readonly thresholds: readonly Threshold[]
  readonly file: string
  readonly line: number
}): void {
  const lineOf = (place: number): number => line + (sql.slice(0, place).match(/\n/gu)?.length ?? 0)
  if (!/^(?:SELECT|WITH)\s/u.test(sql)) throw refuse(file, line, 'one SELECT after the header')
  const code = withoutValues(sql)
  const extra = code.search(/;|--|\/\*/u)
  if (extra >= 0) throw refuse(file, lineOf(extra), 'one SELECT without comments and semicolon')
  const word = forbiddenWords.exec(code)
  if (word !== null) throw refuse(file, lineOf(word.index), `no "${word[0]}"`)
  for (const from of code.matchAll(/\b(?:FROM|JOIN)\s+([^\s(]+)/giu))
    if (!/^whodid\.v_[a-z_]+\)*$/u.test(from[1] ?? ''))
      throw refuse(file, lineOf(from.index), `a view whodid.v_*; got "${from[1] ?? ''}"`)
  const used = new Map<string, string>()
  for (const { 1: name = '', 2: type = '', index } of sql.matchAll(/\{(\w+):([^}]*)\}/gu)) {
    const wanted = timeParameters.includes(name)
      ? "DateTime64(9, 'UTC')"
      : thresholds.find((threshold) => threshold.name === name)?.type
    if (type !== wanted)
      throw refuse(file, lineOf(index), `{${name}} to be declared, with its type; got "${type}"`)
    used.set(name, type)
  }
  const unused = [...timeParameters, ...thresholds.map(({ name }) => name)].find(
    (name) => !used.has(name),
  )
  if (unused !== undefined) throw refuse(file, line, `{${unused}} to be used`)
}

/** The query with an `x` for each character in quotes: those are values, not SQL. */
function withoutValues(sql: string): string {
  let code = ''
  let isQuoted = false
  for (let at = 0; at < sql.length; at += 1) {
    const character = sql.charAt(at)
    if (isQuoted && character === '\\') at += 1
    else if (character === "'") isQuoted = !isQuoted
    const isValue = isQuoted && character !== '\n'
    code += isValue ? (sql.charAt(at) === character ? 'x' : 'xx') : character
  }
  return code
}

function readNeeds(header: readonly HeaderLine[], file: string): Detection['needs'] {
  if (!header.some(({ key }) => key === 'needs')) return ''
  const { value, line } = onlyLine(header, 'needs', { file })
  if (value === 'imports') return value
  throw refuse(file, line, `"needs" imports, or no such line; got "${value}"`)
}

function readSeverity({ value, line }: HeaderLine, file: string): Detection['severity'] {
  const severity = severities.find((known) => known === value)
  if (severity === undefined) throw refuse(file, line, `"severity" ${severities.join(', ')}`)
  return severity
}

function readList(
  { key, value, line }: HeaderLine,
  { file, form }: { readonly file: string; readonly form: RegExp },
): string[] {
  if (value === 'none') return []
  const names = value.split(' ')
  if (names.length > 8 || names.some((name) => !form.test(name)))
    throw refuse(file, line, `"${key}" names of the form ${form.source}, or none; got "${value}"`)
  return names
}

function wholeNumber(
  { key, value, line }: HeaderLine,
  { file, min, max }: { readonly file: string; readonly min: number; readonly max: number },
): number {
  const number = /^\d{1,6}$/u.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw refuse(file, line, `"${key}" a whole number from ${min} to ${max}; got "${value}"`)
}

function refuse(file: string, line: number, expected: string): WhodidError {
  return new WhodidError('invalid_config', `${file}:${line}: expected ${expected}`)
}
