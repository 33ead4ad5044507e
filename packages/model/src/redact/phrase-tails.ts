import { trimEnd } from '../printable.ts'
import type { SecretName } from './secret-names.ts'
import type { Named, SecretTail } from './secret-tail.ts'
import { isInnocentText, isInnocentValue, looksLikePassword, looksRandom } from './secret-value.ts'

/** Between a password's name and what it is, in a sentence or a configuration without signs. */
const linking =
  '[*_"`]{0,3}(?:(?:[ \\t]{1,4}|[*_`"]{1,3}[ \\t]{0,2})(?:is|was|are|to|be|as|of|with|set to|changed to|reset to|will be|ist|lautet|=|:|->|\\d)){0,2}(?:[ \\t]{0,2}[:=])?'

/** Secrets in sentences, and where a name and its value stand side by side: `the password is hunter2`, `PASSWORD '…'`. */
export const phraseTails: readonly SecretTail[] = [
  // SQL: WITH PASSWORD '…', SET PASSWORD = PASSWORD('…').
  {
    pattern:
      /((?:[ \t]{1,4}(?:for[ \t][^=\n']{1,80})?=[ \t]{0,4}password)?[ \t]{0,4}\(?[ \t]{0,4}')([^'\n]{3,512})(?=')/iuy,
    first: ' \t(',
    when: isPassword,
    kind: 'password',
    accept: ({ name, secret }) => name.strength === 'password' && !isInnocentText(secret),
  },
  {
    pattern: new RegExp(
      `(${linking}[ \\t\\n]{1,4}[*_]{0,2}["'\`\u201c\u2018]?)([^\\s"'\`<>|\u201d\u2019]{5,128})`,
      'iuy',
    ),
    first: ' \t\n*_"`:=',
    when: isPassword,
    kind: 'password',
    accept: acceptSaid,
  },
  // In quotes, a password of words alone.
  {
    pattern:
      /([*_]{0,2}(?:[ \t]{1,4}(?:is|was|to|for [\w.@-]{1,40} (?:is|to))[ \t:]{1,4}|[ \t]{1,4})["'`])([^"'`\n]{4,128})(?=["'`])/iuy,
    first: ' \t*_',
    when: isPassword,
    kind: 'password',
    accept: ({ name, joint, secret }) =>
      name.strength === 'password' &&
      !isInnocentText(secret) &&
      (/\b(?:is|was|to)[ \t:]+["'`]$/iu.test(joint) || looksLikePassword(secret)),
  },
  // "the API key is 3f78…", "token 3f78…".
  {
    pattern:
      /([*_"`]{0,3}[ \t]{1,4}(?:(?:is|was|are|set to|=|:|—|–)[ \t:]{1,4})?["'`*]{0,3})([^\s"'`<>|]{12,4096})/iuy,
    first: ' \t*_"`',
    when: (name) => name.strength !== 'password',
    kind: 'secret',
    accept: acceptSaidKey,
  },
  // "creds are bob:hunter2", "credentials admin/hunter2".
  {
    pattern:
      /(:?[ \t]{1,4}(?:(?:are|is)[ \t:]{1,4})?["'`]?[\w.@-]{2,40} ?[/:] ?)([^\s"'`/:]{5,64})/iuy,
    first: ': \t',
    when: (name) => /^cred/iu.test(name.word),
    kind: 'password',
    accept: (named) => /^cred/iu.test(named.name.word) && acceptPassword(named),
  },
]

function isPassword({ strength }: SecretName): boolean {
  return strength === 'password'
}

const trailing = '.,;:!?)]}*_'

function acceptSaid(named: Named): boolean | number {
  const { name, text } = named
  if (name.strength !== 'password') return false
  // A name by itself: in `reset_password2 …` it is a part of another.
  const isWhole =
    !/[\w-]/u.test(text[name.start - 1] ?? ' ') ||
    /^(?:pass|pw)$/iu.test(name.word) ||
    /(?:require|bind)$/iu.test(text.slice(0, name.start).slice(-7))
  return isWhole && acceptPassword(named)
}

function acceptPassword({ joint, secret }: Pick<Named, 'joint' | 'secret'>): boolean | number {
  const value = trimEnd(secret, trailing)
  if (isInnocentValue(value) || /^(?:https?:|\/|--?\w|#|\(|\{|\[)|^\w+[(=]/u.test(value))
    return false
  // A word after a line's end belongs to another sentence, unless a sign announced it.
  if (/\n/u.test(joint) && !/[:=][ \t]*\n/u.test(joint)) return false
  if (/^(?:[A-Za-z]+[-/])+[A-Za-z]+$/u.test(value) || !looksLikePassword(value)) return false
  // A lone `!` or `?` at the end is more often a part of the password than of the sentence.
  return /^[!?*_]$/u.test(secret.slice(value.length)) ? secret.length : value.length
}

const hexOrUuid = /^(?:[\da-f]{32,128}|[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})$/iu

function acceptSaidKey({ name, joint, secret }: Named): boolean | number {
  const value = trimEnd(secret, trailing)
  if (name.strength === 'password' || isInnocentValue(value)) return false
  if (/^(?:https?:|\/|\w+:\/\/|[\w.-]+@)/u.test(value)) return false
  if (/(?:\b(?:is|was|are|set to)|[=:—–])[ \t:]+["'`*]*$/iu.test(joint))
    return looksRandom(value) && value.length
  if (hexOrUuid.test(value) || value.length < 16) return false
  const isMixed = /\d/u.test(value) && /[a-z]/u.test(value) && /[A-Z]/u.test(value)
  return isMixed && !/[.=:]/u.test(value) && !isPath(value) && value.length
}

/** Words between slashes; base64 has slashes too, and hardly six small letters in a row. */
function isPath(value: string): boolean {
  return value.includes('/') && (value.length < 32 || /[a-z]{6}/u.test(value))
}
