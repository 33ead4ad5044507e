import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { nearestName, printableLine, trimEnd, WhodidError } from '@whodid/model'
import { isLoopback } from '../config/service-config.ts'
import { jsonFault } from './json-fault.ts'
import { responseFileSchema } from './response-file.ts'
import type { FileResponse } from './response-file.ts'

/** Bytes of the file, and of each file that it names. */
const fileBytesMax = 65_536
const secretLengthMin = 16
const headersMax = 10
const shownLengthMax = 80

/** The place that a message is sent to. */
export interface Receiver {
  readonly url: string
  /** Headers of the operator; their values may be secrets. */
  readonly headers: Readonly<Record<string, string>>
  /** The key of the signature; undefined where messages are not signed. */
  readonly secret: Buffer | undefined
}

/** A response of the file, with what the files hold that it names. */
export interface ReadResponse {
  readonly response: FileResponse
  /** Undefined for a response that sends nothing over HTTP. */
  readonly receiver: Receiver | undefined
}

/** The file, read whole. */
export interface ReadResponses {
  /** The address of the console, for links; undefined where messages have none. */
  readonly consoleUrl: string | undefined
  readonly responses: readonly ReadResponse[]
}

/**
 * Reads the file of responses and the files that it names. Paths in it are relative to it. Throws `invalid_config`, with the field, what
 * was expected and what came, for anything else than `responseFileSchema`, a rule that is none of `rules`, a name that stands twice, and
 * plain HTTP to another machine that is not allowed. A URL stands in no message: some are secrets.
 */
export async function readResponses(
  path: string,
  rules: readonly string[],
): Promise<ReadResponses> {
  const parsed = parseFile(path, await readBounded(path, 'WHODID_RESPONSES'))
  const names = new Set<string>()
  for (const [place, { name, rules: own }] of parsed.responses.entries()) {
    const field = `responses[${place}]`
    if (names.has(name)) throw refuse({ path, field: `${field}.name` }, 'a name of its own', name)
    names.add(name)
    const unknown = own.find((rule) => !rules.includes(rule))
    if (unknown === undefined) continue
    const nearest = nearestName(unknown, rules)
    const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
    throw refuse(
      { path, field: `${field}.rules` },
      `IDs of rules, as \`whodid detect\` lists them${hint}`,
      unknown,
    )
  }
  const read = parsed.responses.map(async (response, place) => ({
    response,
    receiver: await readReceiver(response, { path, field: `responses[${place}]` }),
  }))
  const consoleUrl = parsed.console_url === undefined ? undefined : trimEnd(parsed.console_url, '/')
  return { consoleUrl, responses: await Promise.all(read) }
}

interface Place {
  readonly path: string
  readonly field: string
}

function parseFile(path: string, text: string): ReturnType<typeof responseFileSchema.parse> {
  const fault = jsonFault(text)
  if (fault !== undefined)
    throw new WhodidError(
      'invalid_config',
      `the file in ${printableLine(path)} expected one JSON object; got text that is not valid JSON at ${fault}`,
    )
  const json: unknown = JSON.parse(text)
  const parsed = responseFileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path ?? []
  const field = fieldOf(at)
  if (issue?.code === 'unrecognized_keys')
    throw refuse({ path, field }, 'known fields only', issue.keys[0])
  const got = at.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    json,
  )
  throw refuse(
    { path, field },
    issue?.message ?? 'another value',
    /url|argv/u.test(field) ? hidden : got,
  )
}

function fieldOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file'
  return path
    .map((key, place) =>
      typeof key === 'number' ? `[${key}]` : `${place === 0 ? '' : '.'}${String(key)}`,
    )
    .join('')
}

async function readReceiver(response: FileResponse, place: Place): Promise<Receiver | undefined> {
  if (response.kind !== 'webhook' && response.kind !== 'slack') return undefined
  const url = await readUrl(response, place)
  if (response.kind === 'slack') return { url, headers: {}, secret: undefined }
  const { secret_file: secretFile, header_file: headerFile } = response
  const secret =
    secretFile === undefined
      ? undefined
      : readSecret(await beside(place, 'secret_file', secretFile), place)
  const headers =
    headerFile === undefined
      ? {}
      : readHeaders(await beside(place, 'header_file', headerFile), place)
  return { url, headers, secret }
}

async function readUrl(
  {
    url: given,
    url_file: file,
    allow_http: allowsHttp,
  }: FileResponse & { readonly kind: 'webhook' | 'slack' },
  place: Place,
): Promise<string> {
  const field = `${place.field}.${file === undefined ? 'url' : 'url_file'}`
  if ((given === undefined) === (file === undefined))
    throw refuse(
      { path: place.path, field: place.field },
      '"url" or "url_file", one of them',
      given === undefined ? 'neither' : 'both',
    )
  const text = given ?? (await beside(place, 'url_file', file ?? '')).trim()
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/u.test(url.protocol))
    throw refuse({ path: place.path, field }, 'an http or https URL', hidden)
  if (url.username !== '' || url.password !== '')
    throw refuse(
      { path: place.path, field },
      'a URL without a user; "header_file" takes what authenticates',
      hidden,
    )
  const isPlain = url.protocol === 'http:'
  if (isPlain && !allowsHttp && !isLoopback(url.hostname.replace(/^\[|\]$/gu, '')))
    throw refuse(
      { path: place.path, field },
      'an https URL, one of this machine, or "allow_http": true',
      hidden,
    )
  return url.href
}

/** A secret as Standard Webhooks writes it, `whsec_` and base64, or any text. */
function readSecret(text: string, { path, field }: Place): Buffer {
  const given = text.trim()
  const secret = given.startsWith('whsec_')
    ? Buffer.from(given.slice(6), 'base64')
    : Buffer.from(given, 'utf8')
  if (secret.length >= secretLengthMin) return secret
  throw refuse(
    { path, field: `${field}.secret_file` },
    `a secret of at least ${secretLengthMin} bytes`,
    hidden,
  )
}

/** Headers, one a line: `Name: value`. */
function readHeaders(text: string, { path, field }: Place): Record<string, string> {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '')
  const expected = `1–${headersMax} lines "Name: value" of printable ASCII`
  const headers = lines.map((line): [string, string] => {
    const [, name = '', value = ''] = /^([A-Za-z0-9-]{1,100}): *([ -~]{1,4096})$/u.exec(line) ?? []
    if (name === '') throw refuse({ path, field: `${field}.header_file` }, expected, hidden)
    return [name.toLowerCase(), value]
  })
  if (headers.length === 0 || headers.length > headersMax)
    throw refuse({ path, field: `${field}.header_file` }, expected, `${headers.length} lines`)
  const own = headers.find(([name]) => reservedHeaders.test(name))
  if (own === undefined) return Object.fromEntries(headers)
  throw refuse(
    { path, field: `${field}.header_file` },
    'headers that the message does not set itself',
    own[0],
  )
}

/** Headers that say what the message is, and how it is carried. */
const reservedHeaders =
  /^(?:webhook-.*|content-.*|host|connection|transfer-encoding|expect|upgrade|te|trailer|keep-alive)$/u

async function beside({ path, field }: Place, name: string, file: string): Promise<string> {
  return readBounded(resolve(dirname(path), file), `${field}.${name} of ${path}`)
}

async function readBounded(path: string, what: string): Promise<string> {
  const unusable = (why: string): WhodidError =>
    new WhodidError(
      'invalid_config',
      `${printableLine(what, 300)} expected a file of at most ${fileBytesMax} bytes; got "${printableLine(path)}": ${why}`,
    )
  try {
    const { size } = await stat(path)
    if (size > fileBytesMax) throw unusable(`it has ${size} bytes`)
    return await readFile(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof WhodidError) throw thrown
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
    throw unusable(typeof code === 'string' ? code : 'it cannot be read')
  }
}

const hidden = Symbol('a value that may be a secret')

function refuse({ path, field }: Place, expected: string, got: unknown): WhodidError {
  return new WhodidError(
    'invalid_config',
    `${field} in ${printableLine(path)} expected ${expected}; got ${shownOf(got)}`,
  )
}

/** An address, whatever field it was put into: that of an incoming webhook is a secret. */
const urlLike = /:\/\/|^\s*(?:[\w-]+\.)+[a-z]{2,}[/:?]/iu

/** What came, without what may be a secret: an object may hold one. */
function shownOf(got: unknown): string {
  if (got === hidden || (typeof got === 'string' && urlLike.test(got))) return 'another value'
  if (got === undefined) return 'nothing'
  if (typeof got === 'object' && got !== null) return Array.isArray(got) ? 'an array' : 'an object'
  return printableLine(JSON.stringify(got), shownLengthMax)
}
