import { base64Runs } from './redact/base64-runs.ts'
import { cardRule } from './redact/card-rule.ts'
import { decodeOnce } from './redact/decoded-view.ts'
import type { Edit, SecretRule } from './redact/secret-rule.ts'
import { looksLikePassword } from './redact/secret-value.ts'
import { secretRules as rules } from './redact/secret-rules.ts'
import { tokenRules } from './redact/token-rules.ts'
import { groupsPerWord, scanTriggers } from './scan-triggers.ts'
import type { TriggerScan } from './scan-triggers.ts'

/** UTF-16 units of a text that are searched. The rest is cut off, because it was not searched. */
const redactableLengthMax = 2_097_152

/** Layers of escapes that are undone: JSON in JSON in JSON, in an address. */
const layersMax = 3

/** Layers of base64 that are decoded. */
const base64LayersMax = 2

/** Escapes that can part a name, and those that cannot: `\"` is looked behind only where a name shows. */
const partingEscapes = ['\\u00', '\\x0', '%0', '&#', '&quot;', '&amp;', '&lt;', '&apos;']
const plainEscapes = ['\\']

const groups = new Map<string, readonly string[]>()
const numberOf = new Map<string, number>()
for (const group of [...rules.flatMap(({ needs }) => needs), partingEscapes, plainEscapes]) {
  const key = group.join('\n')
  if (!numberOf.has(key)) numberOf.set(key, groups.size)
  groups.set(key, group)
}
const numbersOf = (needs: SecretRule['needs']): number[] =>
  needs.map((group) => numberOf.get(group.join('\n')) ?? 0)
const needed = rules.map(({ needs }) => numbersOf(needs))
const [parting = 0, plain = 0] = numbersOf([partingEscapes, plainEscapes])
/** For each group the rules that it gives away: those whose first need it is. */
const givenAway = Array.from(groups, (_, group) =>
  needed.flatMap((numbers, index) => (numbers[0] === group ? [index] : [])),
)

/** The bits of the groups that give a rule away or part a name; others say nothing alone. */
const telling = new Int32Array(Math.ceil(groups.size / groupsPerWord))
for (let group = 0; group < groups.size; group += 1)
  if (group === parting || (givenAway[group]?.length ?? 0) > 0) {
    const word = Math.floor(group / groupsPerWord)
    telling[word] = (telling[word] ?? 0) | (1 << (group % groupsPerWord))
  }

/**
 * Triggers of which every text has one that holds a secret, in the clear or behind escapes, but for base64 and the numbers of cards: of each rule
 * the group whose shortest trigger is the longest. `names` are those of the rules that names are searched by.
 */
export const sieveTriggers: {
  readonly names: readonly string[]
  readonly texts: readonly string[]
} = {
  names: [...sieveOf(tokenRules), ...partingEscapes],
  texts: sieveOf(rules.filter((rule) => rule !== cardRule && !tokenRules.includes(rule))),
}

function sieveOf(some: readonly SecretRule[]): string[] {
  const shortest = (group: readonly string[]): number =>
    Math.min(...group.map((trigger) => trigger.length))
  return some.flatMap(({ needs }) => needs.toSorted((a, b) => shortest(b) - shortest(a))[0] ?? [])
}

let scan: TriggerScan | undefined

/**
 * Replaces secrets in text by `[redacted:<kind>]`: tokens of well-known issuers, JSON web tokens, private keys,
 * `Authorization` and cookie headers, passwords in URLs, commands and sentences, values named like a secret in JSON, YAML, XML,
 * query, environment and command-line form, the same behind escapes and in base64, and card numbers that pass the Luhn check.
 *
 * Pure, idempotent, linear in the length of any text; past 2,097,152 UTF-16 units it cuts. Its recall on a
 * labelled set, and its false alarms, are in docs/SECRETS.md. It does NOT find a secret that looks like
 * nothing (a word in a sentence), one that is split, encrypted or compressed, nor personal data.
 */
export function redactSecrets(text: string): string {
  if (text.length > redactableLengthMax)
    return `${redactSecrets(text.slice(0, redactableLengthMax - 64)).slice(0, redactableLengthMax - 64)}…[cut: ${text.length} characters]`
  return replaced(text, findEdits(text, 0, rules.length))
}

/**
 * As {@link redactSecrets}, for the name of a thing or a person: finds secrets by their own form only, because
 * `k8s:secret:prod/db` and a number of sixteen digits are names. An address is searched as text is.
 */
export function redactSecretsInName(name: string): string {
  const isText = name.includes('://') || name.includes('=')
  if (isText) return redactSecrets(name)
  if (name.length > redactableLengthMax) return redactSecrets(name)
  return replaced(name, findEdits(name, 0, tokenRules.length))
}

/** Returns the places of the secrets of a text by the first `ruleCount` rules, in no order; they may overlap. */
function findEdits(text: string, layer: number, ruleCount: number): readonly Edit[] {
  scan ??= scanTriggers([...groups.values()])
  const words = scan(text)
  const isTold = words !== undefined && mayBeTold(words)
  if (!isTold && text.length < base64LengthMin) return none
  const edits: Edit[] = []
  if (isTold) {
    const isGivenAway = applyRules({ text, found: words, ruleCount }, edits)
    // Read before what is decoded is scanned: the words are the scan's own.
    const isEscaped = has(words, parting) || (isGivenAway && has(words, plain))
    const view = isEscaped && layer < layersMax ? decodeOnce(text) : undefined
    if (view !== undefined)
      for (const edit of findEdits(view.text, layer + 1, ruleCount)) edits.push(view.place(edit))
  }
  if (text.length >= base64LengthMin && layer < base64LayersMax) findEncoded(text, layer, edits)
  return edits
}

const none: readonly Edit[] = []

/** True when a secret was found that needs nothing else beside it. */
function mayBeTold(words: Int32Array): boolean {
  for (let word = 0; word < words.length; word += 1)
    if (((words[word] ?? 0) & (telling[word] ?? 0)) !== 0) return true
  return false
}

const base64LengthMin = 20

interface Scanned {
  readonly text: string
  readonly found: Int32Array
  readonly ruleCount: number
}

/** Applies the rules whose triggers are in a text; returns true when there was one. */
function applyRules({ text, found, ruleCount }: Scanned, edits: Edit[]): boolean {
  let isGivenAway = false
  for (let word = 0; word < found.length; word += 1) {
    for (let bits = found[word] ?? 0; bits !== 0; bits &= bits - 1) {
      const group = word * groupsPerWord + 31 - Math.clz32(bits & -bits)
      for (const index of givenAway[group] ?? []) {
        if (index >= ruleCount) continue
        if (needed[index]?.every((number) => has(found, number)) !== true) continue
        isGivenAway = true
        rules[index]?.find(text, edits)
      }
    }
  }
  return isGivenAway
}

function has(found: Int32Array, group: number): boolean {
  return ((found[Math.floor(group / groupsPerWord)] ?? 0) & (1 << (group % groupsPerWord))) !== 0
}

/** Base64 that holds a secret, or nothing but a name and a password. */
function findEncoded(text: string, layer: number, edits: Edit[]): void {
  for (const { start, end, text: decoded } of base64Runs(text)) {
    const pair = /^[\w.@-]{2,64}:(\S{5,128})$/u.exec(decoded)?.[1]
    const isSecret =
      (pair !== undefined && looksLikePassword(pair)) ||
      findEdits(decoded, layer + 1, rules.length).length > 0
    if (isSecret) edits.push({ start, end, mark: '[redacted:base64]' })
  }
}

function replaced(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  // A sort that is stable: of two edits of one place the first stays the first.
  const sorted = edits
    .filter(({ start, end }) => !isInMark(text, start) && !isMark(text.slice(start, end)))
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
  const parts: string[] = []
  let from = 0
  let current: Edit | undefined
  const write = (): void => {
    if (current === undefined) return
    parts.push(text.slice(from, current.start), current.mark)
    from = current.end
  }
  for (const edit of sorted) {
    if (current !== undefined && edit.start < current.end) {
      // Overlapping places are one secret, under the mark of the first.
      if (edit.end > current.end) current = { ...current, end: edit.end }
      continue
    }
    write()
    current = edit
  }
  write()
  return parts.join('') + text.slice(from)
}

/** Returns true when a place is inside a mark that an earlier redaction put there. */
function isInMark(text: string, place: number): boolean {
  const from = Math.max(0, place - markLengthMax)
  const open = text.slice(from, place).lastIndexOf('[redacted:')
  if (open < 0) return false
  mark.lastIndex = from + open
  return mark.test(text) && mark.lastIndex > place
}

const markLengthMax = 40
const mark = /\[redacted:\w{1,24}\]/uy

/** Returns true when a stretch holds a mark and only punctuation beside it. */
function isMark(stretch: string): boolean {
  return /^[^\p{L}\d]{0,4}\[redacted:\w{1,24}\][^\p{L}\d]{0,4}$/u.test(stretch)
}
