import type { SecretName } from './secret-names.ts'
import type { Named, SecretTail } from './secret-tail.ts'
import { isInnocentText, isInnocentValue, looksLikePassword, looksRandom } from './secret-value.ts'

/** HTML's attributes between a field's name and its value. */
const attributes =
  '["\']?(?:[\\s,;]{1,16}(?:type|class|id|secure|sensitive|autocomplete|placeholder)["\']?[ \\t]{0,4}[=:][ \\t]{0,4}["\']?[\\w -]{0,40}["\']?){0,4}'

/** Secrets in the element, the pair, the form's part or the block that a name stands in. */
export const markupTails: readonly SecretTail[] = [
  // {"name":"DB_PASSWORD","value":"…"}, - name: X\n  value: …, key="password" value="…"
  {
    pattern: new RegExp(
      `(${attributes}[\\s,;]{1,64}-{0,2}["']?(?:value|string_?value|content|default)["']?[ \\t]{0,8}[=: ][ \\t]{0,8}(?:\\{\\s{0,8}["']?string_?value["']?\\s{0,8}:\\s{0,8})?["']?)((?<=")[^"\\n]{1,65536}|(?<=')[^'\\n]{1,65536}|(?<!["'])[^\\s"'{}[\\],<>]{3,65536})`,
      'iuy',
    ),
    first: '"\' \t\r\n,;',
    when: (name, text) => /value|content|default/iu.test(text.slice(name.end, name.end + 320)),
    kind: 'secret',
    accept: ({ secret }) => secret.length > 2 && !isInnocentText(secret),
  },
  // <db:password type="…">…</db:password>
  {
    pattern: /((?:\s[^<>]{0,256})?>\s{0,64}(?:<!\[CDATA\[)?)([^<\]\s][^<\]]{0,65536})(?=[<\]])/iuy,
    first: '> \t\r\n',
    when: isElement,
    kind: 'secret',
    accept: acceptElement,
  },
  // <string name="api_key">…</string>, <key>password</key><string>…</string>
  {
    pattern:
      /((?:["'][^<>]{0,128}>|<\/key>\s{0,64}<string>|<\/name>\s{0,64}<value>)\s{0,16})([^<\s][^<]{0,65536})/iuy,
    first: '"\'<',
    when: (name, text) =>
      /<[^<>]*$|<(?:key|name)>[^<>]*$/u.test(text.slice(Math.max(0, name.start - 82), name.start)),
    kind: 'secret',
    accept: acceptElement,
  },
  // A form's part: name="password", an empty line, the value.
  {
    pattern: /("\r?\n\r?\n)([^\r\n]{1,65536})/uy,
    first: '"',
    kind: 'secret',
    accept: ({ name, text }) =>
      /name="[\w.-]{0,40}$/iu.test(text.slice(Math.max(0, name.start - 48), name.start)),
  },
  // password: | and the lines that are set in under it.
  {
    pattern:
      /(["']?:[ \t]{0,8}[|>][-+\d]{0,2}[ \t]{0,8}(?:#[^\n]{0,128})?\r?\n)((?:[ \t][^\n]*(?:\n|$)|\r?\n)+)/uy,
    first: '"\':',
    kind: 'secret',
    accept: (named) => blockLength(named) || false,
  },
  // password: and a value alone in the next line.
  {
    pattern:
      /(["']?:[ \t]{0,8}(?:#[^\n]{0,128})?\r?\n[ \t]{1,64}["']?)([^\s:{}[\]"']{5,4096})(?=["']?[ \t]{0,8}(?:\r?\n|$))/uy,
    first: '"\':',
    kind: 'secret',
    accept: ({ name, secret }) =>
      name.strength !== 'weak' &&
      !isInnocentText(secret) &&
      (looksLikePassword(secret) || looksRandom(secret)),
  },
]

/** Returns true when the name ends that of an element: `<db-password`. */
function isElement(name: SecretName, text: string): boolean {
  const lead = text.slice(Math.max(0, name.start - 82), name.start)
  return lead.includes('<') && /<(?:[\w-]{1,40}[:.])?[\w.-]{0,40}$/u.test(lead)
}

function acceptElement({ name, secret }: Named): boolean | number {
  const value = secret.trimEnd()
  if (value.length < 3 || isInnocentText(value) || isInnocentValue(value)) return false
  return (
    (name.strength !== 'weak' || looksLikePassword(value) || looksRandom(value)) && value.length
  )
}

/** Characters of the lines that are set in deeper than the line of the name; 0 when there are none. */
function blockLength({ name, secret, text }: Named): number {
  const lineStart = text.lastIndexOf('\n', name.start) + 1
  const indent = indentOf(
    text.slice(lineStart, Math.min(name.start, lineStart + 256)).replace(/^([ \t]*)- /u, '$1'),
  )
  let length = 0
  for (let from = 0; from < secret.length;) {
    const next = secret.indexOf('\n', from)
    const end = next < 0 ? secret.length : next
    const line = secret.slice(from, end)
    const content = line.trimEnd()
    if (content !== '') {
      if (indentOf(line) <= indent) break
      length = from + content.length
    }
    from = end + 1
  }
  return length
}

function indentOf(line: string): number {
  return /^[ \t]*/u.exec(line)?.[0].length ?? 0
}
