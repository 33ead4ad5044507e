import { trimEnd } from '../printable.ts'
import type { SecretName } from './secret-names.ts'
import type { Named, SecretTail } from './secret-tail.ts'
import {
  isInnocentText,
  isInnocentValue,
  isWord,
  looksLikePassword,
  looksRandom,
} from './secret-value.ts'

/** The end of a quoted or an emphasised name, then a sign, then the start of an emphasised value. */
const joint = `["'\`*_\\])]{0,4}[ \\t]{0,16}(?::=|=>|->|\u2192|={1,3}|::?)[ \\t]{0,16}[*_]{0,3}[ \\t]{0,2}`
const beforeSign = '"\'`*_]) \t:=-\u2192'
const sign = new RegExp(joint, 'iuy')

/** The character after a sign that follows a name; undefined when none follows. */
export function afterSign(text: string, end: number): string | undefined {
  sign.lastIndex = end
  return sign.test(text) ? text[sign.lastIndex] : undefined
}

/** Before a quote in code: a string's prefix. */
const prefix = '(?:@|[bfru]{1,2})?'

/** Secrets after a name and a sign, or a flag: settings, JSON, program text, queries, command lines. */
export const fieldTails: readonly SecretTail[] = [
  // password="…" in JSON, YAML, source code and shell; an unclosed quote hides the rest.
  {
    pattern: new RegExp(
      `(${joint}(?:\\{[ \\t]{0,4}["']?stringValue["']?[ \\t]{0,4}:[ \\t]{0,4})?${prefix}")((?:[^"\\\\]|\\\\[\\s\\S])+)`,
      'iuy',
    ),
    first: beforeSign,
    opens: '"@bfruBFRU{',
    kind: 'secret',
    accept: acceptQuoted,
    quote: 'where_cut',
  },
  ...["'", '`'].map((quote): SecretTail => ({
    pattern: new RegExp(
      `(${joint}${prefix}${quote}(?=[^\\n${quote}]{0,4096}(?:${quote}|$)))((?:[^${quote}\\\\]|\\\\[\\s\\S])+)`,
      'iuy',
    ),
    first: beforeSign,
    opens: `${quote}@bfruBFRU`,
    kind: 'secret',
    accept: acceptQuoted,
  })),
  // "password": 1234, where the number carries no quotes.
  {
    pattern: /(["'][ \t]{0,16}:[ \t]{0,16})(-?\d[\d.eE+-]*)/uy,
    first: '"\'',
    opens: '-0123456789',
    kind: 'secret',
    accept: ({ name }) => name.strength === 'password',
    quote: 'around',
  },
  // NAME=value, name: value, ?name=value&….
  {
    pattern: new RegExp(
      `(${joint})((?:[^\\s&;,"'<>\\\\\`]|[&;,](?=[^\\s&;,"'<>\\\\\`])(?![\\w .-]{1,64}[=:])){3,})`,
      'iuy',
    ),
    first: beforeSign,
    kind: 'secret',
    accept: acceptBare,
  },
  // ["hunter2", "…"]: the first of a list.
  {
    pattern: new RegExp(`(${joint}\\[\\s{0,16}["'])([^"'\\n]{3,4096})`, 'iuy'),
    first: beforeSign,
    opens: '[',
    kind: 'secret',
    accept: acceptQuoted,
  },
  // define('DB_PASSWORD', '…'), headers.set("x-api-key", "…")
  {
    pattern: /(["'][ \t]{0,8},\s{0,8}["'])([^"'\n]{3,4096})(?=["'])/uy,
    first: '"\'',
    kind: 'secret',
    accept: ({ name, secret }) =>
      !isInnocentText(secret) &&
      (name.strength === 'password' ? looksLikePassword(secret) : looksRandom(secret)),
  },
  // --password value, -Token value.
  {
    pattern: /(["']?[ \t,]{1,16}["']?)([^\s"'`,-][^\s"'`]{2,})/uy,
    first: '"\' \t,',
    when: isFlag,
    kind: 'secret',
    accept: acceptFlag,
  },
  // A row of a table: | password | hunter2 |
  {
    pattern: /([*_`]{0,3}[ \t]{0,40}\|[ \t]{0,40}[*_`]{0,3})([^\s|"'`]{5,})/uy,
    first: '*_` \t|',
    when: (name, text) => text.slice(name.end, name.end + 44).includes('|'),
    kind: 'secret',
    accept: ({ name, secret }) =>
      name.strength === 'password' ? looksLikePassword(secret) : looksRandom(secret),
  },
]

/** A value that begins so is not inside quotes: the quote before the name was closed, as in `input("Password: ")`. */
const afterQuote = /^\s*(?:[),;+\]}:]|$)|^\s+(?:\+|if\b|in\b)/u
/** Words addressed to somebody who types a password, or about one. */
const label =
  /^(?:enter|your|type|choose|confirm|please|the|must|minimum|at least|forgot|invalid|incorrect|missing|an?|new|current|old|repeat|re-?enter|show|hide|reset|change|set|create|required|no|use|see|this|that|when|if|for|wrong|update)\s[\p{L} ,.'\u2019?!():-]*$/iu

function acceptQuoted({ name, joint: between, secret }: Named): boolean {
  if (isInnocentText(secret) || label.test(secret)) return false
  if (!/^["'\\]/u.test(between) && afterQuote.test(secret)) return false
  // A language model's token is a word of its text.
  const isBareToken = name.strength === 'weak' && /^token$/iu.test(name.word)
  return !(isBareToken && /^\s?[\p{L}\p{P}]{0,14}$/u.test(secret))
}

function acceptBare(named: Named): boolean | number {
  const { name, secret } = named
  const value = trimEnd(secret, ',)}].!?|*_')
  if (value.length < 3 || isInnocentValue(value) || isInnocentValue(secret)) return false
  // The shell's working directory.
  if (/^pwd$/iu.test(name.word) && value.startsWith('/')) return false
  const end = /^[!?*_]$/u.test(secret.slice(value.length)) ? secret.length : value.length
  return isSecretOf(named, value) && end
}

/** Returns true when a bare value is the secret that its name promises: after `=` anything that is no call and no index, else by its form. */
function isSecretOf(named: Named, value: string): boolean {
  const { name, joint: between, secret, text, start } = named
  const after = start + secret.length
  if (/^["'\]]?=$/u.test(between)) return text[after] !== '(' && text[after] !== '['
  if (name.strength === 'password')
    return looksLikePassword(value) || isOnlyOfLine(named, value, after)
  if (name.strength === 'strong' && value.length >= 6 && looksLikePassword(value))
    return !isThing(value)
  return looksRandom(value)
}

/** Words joined: the name of a thing, such as `db-credentials` or `my.app.token`. */
function isThing(value: string): boolean {
  return (
    /^[A-Za-z]+(?:[-_./:][A-Za-z]+)*$/u.test(value) ||
    /^[a-z]+(?:[-_./:][a-z]+)+[-_./:]?v?\d{1,2}$/u.test(value)
  )
}

/** A line that holds nothing but a setting: `  password: swordfish`. */
function isOnlyOfLine({ name, text }: Named, value: string, after: number): boolean {
  if (value.length < 5 || isWord(value) || /^[A-Z][a-z]+(?:[A-Z][a-z]+)+$/u.test(value))
    return false
  const lineStart = text.slice(Math.max(0, name.start - 48), name.start)
  return (
    /^(?:$|,?\r?\n)/u.test(text.slice(after, after + 3)) &&
    /(?:^|\n)[ \t-]*["']?(?:[\w.]{0,40}[-_.])?$/u.test(lineStart)
  )
}

/** A flag's name ends here: `--db-password`, `-Token`. */
const flag = /(?<![\w-])-{1,2}(?:[a-z0-9][\w-]{0,48})?$/iu
const flagLengthMax = 64

function isFlag(name: SecretName, text: string): boolean {
  const lead = text.slice(Math.max(0, name.start - flagLengthMax), name.start)
  return lead.includes('-') && flag.test(lead)
}

function acceptFlag({ joint: between, secret, text, start }: Named): boolean | number {
  const value = trimEnd(secret, ',)}].:;')
  if (value.length < 3 || isInnocentValue(value) || /^[|<>&=]/u.test(value)) return false
  if (looksLikePassword(value)) return value.length
  const after = text.slice(start + secret.length, start + secret.length + 3)
  return (
    (/["']/u.test(between) || /^(?:$|["'\n]|[ \t]+(?:-|$|[|&;<>\\]))/u.test(after)) && value.length
  )
}
