import { scanTriggers } from './scan-triggers.ts'
import type { TriggerScan } from './scan-triggers.ts'

/** One kind of secret: what it looks like, and what stands in its place. */
interface Rule {
  /** What no match can be without: one of each group. A text that lacks a group is spared the pattern. */
  readonly needs: readonly (readonly string[])[]
  readonly pattern: RegExp
  readonly replace: string | ((match: string, ...groups: string[]) => string)
}

const slackTriggers = ['xox', 'xapp-0', 'hooks.slack.com/']
const glPrefixes = 'pat dt rt cbt ptt oas soat ft agent imt'.split(' ').map((kind) => `gl${kind}-`)

/*
 * Every pattern is linear in the text: it starts with a literal or a bounded class, and whatever can run long either
 * succeeds and is consumed, or cannot be entered twice from the same run (a look-behind on the same class).
 */
const tokenRules: readonly Rule[] = [
  {
    needs: [['-----begin ']],
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/gu,
    replace: '[redacted:private_key]',
  },
  {
    needs: [['age-secret-key-1']],
    pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/gu,
    replace: '[redacted:private_key]',
  },
  {
    needs: [['eyj']],
    pattern: /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)+/gu,
    replace: '[redacted:jwt]',
  },
  {
    needs: [['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_']],
    pattern: /gh[pousr]_[A-Za-z0-9]{20,}/gu,
    replace: '[redacted:github_token]',
  },
  { needs: [['github_pat_']], pattern: /github_pat_\w{20,}/gu, replace: '[redacted:github_token]' },
  {
    needs: [glPrefixes],
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|oas|soat|ft|agent|imt)-[\w.-]{20,}/gu,
    replace: '[redacted:gitlab_token]',
  },
  { needs: [['npm_']], pattern: /npm_[A-Za-z0-9]{36,}/gu, replace: '[redacted:npm_token]' },
  { needs: [['pypi-']], pattern: /\bpypi-[\w-]{40,}/gu, replace: '[redacted:pypi_token]' },
  {
    needs: [slackTriggers],
    pattern: /xox[a-z](?:\.[a-z]+)?-[\w-]{10,}/gu,
    replace: '[redacted:slack_token]',
  },
  { needs: [slackTriggers], pattern: /xapp-\d-[\w-]{10,}/gu, replace: '[redacted:slack_token]' },
  {
    needs: [slackTriggers],
    pattern: /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{10,}/gu,
    replace: '$1[redacted:slack_webhook]',
  },
  {
    needs: [['akia', 'asia', 'abia', 'acca']],
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/gu,
    replace: '[redacted:aws_key]',
  },
  { needs: [['aiza']], pattern: /AIza[\w-]{35}/gu, replace: '[redacted:google_key]' },
  { needs: [['ya29.']], pattern: /\bya29\.[\w-]{20,}/gu, replace: '[redacted:google_token]' },
  { needs: [['gocspx-']], pattern: /\bGOCSPX-[\w-]{20,}/gu, replace: '[redacted:google_key]' },
  {
    needs: [['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_']],
    pattern: /(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/gu,
    replace: '[redacted:stripe_key]',
  },
  {
    needs: [['whsec_']],
    pattern: /\bwhsec_[A-Za-z0-9+/=]{16,}/gu,
    replace: '[redacted:stripe_key]',
  },
  {
    needs: [['sk-']],
    pattern: /(?<![A-Za-z0-9])sk-ant-[\w-]{16,}/gu,
    replace: '[redacted:anthropic_key]',
  },
  {
    needs: [['sk-']],
    pattern: /(?<![A-Za-z0-9])sk-[\w-]{20,}/gu,
    // `task-` and `desk-` are kept by the look-behind, kebab-case words by the want of a digit.
    replace: (match) => (/\d/u.test(match) ? '[redacted:openai_key]' : match),
  },
  { needs: [['hf_']], pattern: /\bhf_[A-Za-z0-9]{30,}/gu, replace: '[redacted:huggingface_token]' },
  {
    needs: [['sg.']],
    pattern: /\bSG\.[\w-]{16,64}\.[\w-]{16,}/gu,
    replace: '[redacted:sendgrid_key]',
  },
]

/** Names whose value is a secret; a longer name that ends so (`DB_PASSWORD`, `githubToken`) is one too. */
const secretNames =
  '(?:password|passwd|passphrase|passcode|pwd|secret|token|credentials?|' +
  '(?:api|access|account|private|secret|signing|encryption|shared[_-]?access|auth)[_-]?key)'

/** A part of each of them. */
const secretTriggers = [
  'passw',
  'passp',
  'passc',
  'pwd',
  'secret',
  'token',
  'credential',
  ...['api', 'access', 'account', 'private', 'signing', 'encryption', 'auth'].flatMap((name) =>
    ['', '_', '-'].map((joint) => `${name}${joint}key`),
  ),
]

/** What follows a secret's name and is none: kept, so that an empty or a templated setting stays readable. */
const placeholder =
  /^(?:null|undefined|true|false|none|\*+|x{3,16}|\$\{?\w+(?:[:-][^}]*)?\}?|<[^>]*>|%\w+%|\{\{[^}]*\}?\}?|\[redacted(?::\w+)?\]?)$/iu

const contextRules: readonly Rule[] = [
  // scheme://user:password@host and scheme://token@host; a password may itself hold an @.
  {
    needs: [['://'], ['@']],
    pattern: /(:\/\/[^\s/@:"'<>]{0,256}:)([^\s/"'<>]{1,512})@/gu,
    replace: (match, before = '', password = '') =>
      placeholder.test(password) ? match : `${before}[redacted:password]@`,
  },
  { needs: [['://'], ['@']], pattern: /(:\/\/)[\w-]{20,512}@/gu, replace: '$1[redacted:token]@' },
  {
    needs: [['authorization'], [':', '=']],
    pattern:
      /(\bauthorization\\{0,7}["']?[ \t]*[:=][ \t]*\\{0,7}["']?(?:(?:bearer|basic|token|digest|negotiate|apikey)[ \t]+)?)([^\s"'\\,;]{4,})/giu,
    replace: keepPlaceholders('authorization'),
  },
  {
    needs: [['bearer ', 'bearer\t']],
    pattern: /(\bbearer[ \t]+)([\w.~+/-]{16,}=*)/giu,
    replace: (match, before = '', token = '') =>
      /\d/u.test(token) ? `${before}[redacted:bearer]` : match,
  },
  {
    needs: [['basic ', 'basic\t']],
    pattern: /(\bbasic[ \t]+)([A-Za-z0-9+/]{8,4096}={0,2})/giu,
    replace: (match, before = '', encoded = '') =>
      isBasicCredential(encoded) ? `${before}[redacted:basic]` : match,
  },
  {
    needs: [['cookie'], [':']],
    pattern: /(\b(?:set-)?cookie\\{0,7}["']?[ \t]*:[ \t]*\\{0,7}["']?)([^\r\n"'\\]{4,})/giu,
    replace: '$1[redacted:cookie]',
  },
  // JSON inside a JSON string: \"password\":\"…\", closed by a quote that is escaped as often as the opening one.
  {
    needs: [secretTriggers, ['\\'], [':']],
    pattern: new RegExp(
      `(${secretNames}\\\\{1,7}"[ \\t]*:[ \\t]*)(\\\\{1,7}")([\\s\\S]*?)(?:(?<!\\\\)\\2|$)`,
      'giu',
    ),
    replace: (match, before = '', quote = '', value = '') =>
      value === '' || placeholder.test(value)
        ? match
        : `${before}${quote}[redacted:secret]${quote}`,
  },
  // password="…" in JSON, YAML, source code and shell; an unclosed quote hides the rest.
  {
    needs: [secretTriggers, [':', '=']],
    pattern: new RegExp(
      `(${secretNames}["']?[ \\t]*(?::|=>?|:=)[ \\t]*)(["'])([\\s\\S]*?)(?:(?<!\\\\)(?:\\\\\\\\)*\\2|$)`,
      'giu',
    ),
    replace: (match, before = '', quote = '', value = '') =>
      value === '' || placeholder.test(value)
        ? match
        : `${before}${quote}[redacted:secret]${quote}`,
  },
  // "password": 1234, where the number carries no quotes.
  {
    needs: [secretTriggers, [':']],
    pattern: new RegExp(`(${secretNames}["'][ \\t]*:[ \\t]*)(-?\\d[\\d.eE+-]*)`, 'giu'),
    replace: '$1"[redacted:secret]"',
  },
  // NAME=value, name: value, ?name=value&….
  {
    needs: [secretTriggers, [':', '=']],
    pattern: new RegExp(`(${secretNames}[ \\t]*[=:][ \\t]*)([^\\s&;"'<>\\\\]{3,})`, 'giu'),
    replace: (match, before = '', value = '') =>
      placeholder.test(value.replace(/[,)}\]]+$/u, '')) || isWorkingDirectory(before, value)
        ? match
        : `${before}[redacted:secret]`,
  },
  // --password value.
  {
    needs: [secretTriggers, ['--']],
    pattern: new RegExp(
      `(--[\\w-]{0,40}${secretNames}[ \\t]+)(["']?)([^\\s"'-][^\\s"']*)\\2`,
      'giu',
    ),
    replace: (match, before = '', quote = '', value = '') =>
      placeholder.test(value) ? match : `${before}${quote}[redacted:secret]${quote}`,
  },
]

const cardRule: Rule = {
  needs: [['0'.repeat(13), '0000 0000', '0000-0000', '0000 000000', '0000-000000']],
  // 13–19 digits in one run, or in the groups printed on cards, with one kind of separator.
  pattern:
    /(?<![\w.-])(?:[2-6]\d{12,18}|[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|3[47]\d{2}([ -])\d{6}\2\d{5})(?![\w-])/gu,
  replace: (match) => (isCardNumber(match.replace(/[ -]/gu, '')) ? '[redacted:card]' : match),
}

const rules: readonly Rule[] = [...tokenRules, ...contextRules, cardRule]

const groupNames = [...new Set(rules.flatMap(({ needs }) => needs.map(nameOf)))]
const scan: TriggerScan = scanTriggers(groupNames.map((name) => name.split('\n')))
const masks = rules.map(({ needs }) =>
  needs.reduce((mask, group) => mask | (1 << groupNames.indexOf(nameOf(group))), 0),
)

/**
 * Replaces secrets in text by `[redacted:<kind>]`: tokens of well-known issuers, JSON web tokens, private keys,
 * `Authorization` and cookie headers, passwords in URLs, values named like a secret in JSON, YAML, query, environment and
 * command-line form, and card numbers that pass the Luhn check.
 *
 * Pure, idempotent, linear in the length of the text whatever the text. Prefers to hide too much: `token: please` loses its
 * word. Does NOT find a secret that looks like nothing (a bare password in a sentence), one that is split or encoded, nor
 * personal data.
 */
export function redactSecrets(text: string): string {
  // What a rule puts in holds nothing that another rule needs and could match: one look at the text that came is enough.
  const found = scan(text)
  if (found === 0) return text
  let clean = text
  for (let index = 0; index < rules.length; index += 1) {
    const mask = masks[index] ?? 0
    const rule = (found & mask) === mask ? rules[index] : undefined
    if (rule === undefined) continue
    // Two calls, because TypeScript picks an overload of replace by the type of its second argument.
    clean =
      typeof rule.replace === 'string'
        ? clean.replace(rule.pattern, rule.replace)
        : clean.replace(rule.pattern, rule.replace)
  }
  return clean
}

function nameOf(group: readonly string[]): string {
  return group.join('\n')
}

function keepPlaceholders(kind: string): Rule['replace'] {
  return (match, before = '', value = '') =>
    placeholder.test(value) ? match : `${before}[redacted:${kind}]`
}

/** `PWD=/srv/app` is the shell's working directory, not a password. */
function isWorkingDirectory(before: string, value: string): boolean {
  return /pwd\s*[=:]\s*$/iu.test(before) && value.startsWith('/')
}

function isBasicCredential(encoded: string): boolean {
  return Buffer.from(encoded, 'base64').toString('latin1').includes(':')
}

/** The lengths and first digits that issuers use, and the Luhn check: a tenth of other numbers would pass Luhn alone. */
function isCardNumber(digits: string): boolean {
  const known =
    /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6\d{15,18}|5[06-8]\d{11,17})$/u
  return known.test(digits) && passesLuhn(digits)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    const doubled = digit * 2
    if (index % 2 === 0) sum += digit
    else sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
