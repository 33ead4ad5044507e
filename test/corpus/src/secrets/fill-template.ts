import type { Chance } from '../chance.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const digits = '0123456789'

const alphabets: Readonly<Record<string, string>> = {
  alnum: lower + upper + digits,
  b64: `${lower}${upper}${digits}+/`,
  b64u: `${lower}${upper}${digits}-_`,
  upper: upper + digits,
  upper32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  lower: lower + digits,
  digits,
}

const words = [
  'correct',
  'horse',
  'battery',
  'staple',
  'orange',
  'window',
  'copper',
  'lantern',
] as const

/** Passwords as people choose them: with signs that mean something to programs, and without. */
const passwords = [
  'hunter{digits:1}',
  'S3cr3t!{alnum:4}',
  'Tr0ub4dor&{digits:1}',
  'P@ssw0rd{digits:3}',
  'correct-horse-{digits:1}',
  '{alnum:16}',
  'Summer20{digits:2}!',
  '{alnum:8}#{alnum:6}',
  'kX{digits:2}^{alnum:8}~',
  'abc{digits:3}xyz',
] as const
const plainPasswords = [
  'hunter{digits:1}',
  'S3cr3t{alnum:4}',
  'Tr0ub4dor{digits:1}',
  'correct-horse-{digits:1}',
  '{alnum:16}',
  'Summer20{digits:2}',
  'p4ss{alnum:5}',
  'abc{digits:3}xyz',
  'Zq_{alnum:8}{digits:1}',
] as const
const wordPasswords = ['swordfish', 'letmein', 'opensesame', 'dragonfly'] as const

/**
 * Fills a template of samples by chance. `{alnum:36}` is 36 letters and digits, at least one of each of lower, upper and digit
 * where it is long enough; likewise `b64`, `b64u`, `upper`, `lower`, `digits` and `hex`. `{uuid}`, `{word}`, `{pw}` (a
 * password), `{pwplain}` (one without signs), `{weakpw}` (a word) and `{basic}` (name and password in base64) are what they say;
 * `{+}` is nothing, and parts what a scanner would take for a secret.
 */
export function fillTemplate(template: string, chance: Chance): string {
  return template.replace(
    /\{(\w+|\+)(?::(\d+))?\}/gu,
    (all, name: string, length = '0') => fill(name, Number(length), chance) ?? all,
  )
}

function fill(name: string, length: number, chance: Chance): string | undefined {
  if (name === '+') return ''
  if (name === 'hex') return chance.hex(length)
  if (name === 'uuid') return chance.uuid()
  if (name === 'word') return chance.pick(words)
  if (name === 'pw') return fillTemplate(chance.pick(passwords), chance)
  if (name === 'pwplain') return fillTemplate(chance.pick(plainPasswords), chance)
  if (name === 'weakpw') return chance.pick(wordPasswords)
  if (name === 'basic')
    return Buffer.from(`bob:${fillTemplate(chance.pick(plainPasswords), chance)}`).toString(
      'base64',
    )
  if (name === 'b64url') return encodeURIComponent(`${fill('b64', length, chance)}=`)
  const alphabet = alphabets[name]
  return alphabet === undefined ? undefined : mixed(alphabet, length, chance)
}

/** By chance, and where there is room with a digit and a letter, as all but a few by chance are. */
function mixed(alphabet: string, length: number, chance: Chance): string {
  const made = Array.from({ length }, () => alphabet[chance.int(alphabet.length)] ?? '').join('')
  const isMixed = /\d/u.test(made) && /[A-Za-z]/u.test(made)
  return isMixed || length < 6 || alphabet === digits ? made : mixed(alphabet, length, chance)
}
