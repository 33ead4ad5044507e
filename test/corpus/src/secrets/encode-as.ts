/** A text as `encoding` writes it: in JSON, an address, escapes, markup or base64. '' leaves it as it is. */
export function encodeAs(encoding: string, text: string): string {
  if (encoding === '') return text
  const encode = encodings[encoding]
  if (encode === undefined) throw new RangeError(`no such encoding: ${encoding}`)
  return encode(text)
}

const json = (text: string): string => JSON.stringify({ body: text })
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const hex = (char: string, length: number): string =>
  char.charCodeAt(0).toString(16).padStart(length, '0')
const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '&': '&amp;',
}

const encodings: Readonly<Record<string, (text: string) => string>> = {
  json,
  json2: (text) => json(json(text)),
  json3: (text) => json(json(json(text))),
  args: (text) =>
    JSON.stringify([
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_1', function: { name: 'run', arguments: text } }],
      },
    ]),
  url: (text) => `q=1&next=${encodeURIComponent(text)}&x=2`,
  url2: (text) => `next=${encodeURIComponent(encodeURIComponent(text))}`,
  uni: (text) => text.replace(/[^\w ]/gu, (char) => `\\u${hex(char, 4)}`),
  uniall: (text) => text.replace(/[\s\S]/gu, (char) => `\\u${hex(char, 4)}`),
  hexesc: (text) => text.replace(/[\s\S]/gu, (char) => `\\x${hex(char, 2)}`),
  xml: (text) => `<doc>${text.replace(/[<>"&]/gu, (char) => entities[char] ?? char)}</doc>`,
  b64: base64,
  b64u: (text) => Buffer.from(text).toString('base64url'),
  b64pipe: (text) => `echo ${base64(text)} | base64 -d > .env`,
  b64utf16: (text) =>
    `powershell -EncodedCommand ${Buffer.from(text, 'utf16le').toString('base64')}`,
  b64data: (text) => `data:text/plain;base64,${base64(text)}`,
  b64json: (text) => JSON.stringify({ encoding: 'base64', content: base64(text) }),
}
