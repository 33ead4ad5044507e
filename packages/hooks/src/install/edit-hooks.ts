import { WhodidError } from '@whodid/model'
import type { Product } from '../events/read-products.ts'
import { opencodePlugin } from './opencode-plugin.ts'
import { hookEntries, isOwnEntry, newFile } from './product-files.ts'
import type { Json, JsonObject } from './product-files.ts'

/** UTF-16 units of a file that is edited. */
const fileLengthMax = 4 * 1024 * 1024

/**
 * The text of a product's file with Whodid's hooks in it; all else stays. `text` is undefined where there is no file. Throws
 * `invalid_config` for a file that is no plain JSON: it is the user's, and is not rewritten by guess.
 */
export function withHooks(product: Product, text: string | undefined, program: string): string {
  if (product === 'opencode') return opencodePlugin(program)
  const file = text === undefined || text.trim() === '' ? newFile(product) : parsed(text)
  const hooks = { ...objectOf(file['hooks']) }
  for (const [event, entry] of Object.entries(hookEntries(product, program)))
    hooks[event] = [...listOf(hooks[event]).filter((one) => !isOwnEntry(one)), entry]
  return written({ ...file, hooks }, text)
}

/** The text of the file without them. Undefined when nothing else would be left in it. Throws `invalid_config` as above. */
export function withoutHooks(text: string): string | undefined {
  const file = parsed(text)
  const hooks: Record<string, Json> = {}
  for (const [event, entries] of Object.entries(objectOf(file['hooks']))) {
    const left = isList(entries) ? entries.filter((one) => !isOwnEntry(one)) : entries
    if (!isList(left) || left.length > 0) hooks[event] = left
  }
  const { hooks: _, ...others } = file
  const isEmpty = Object.keys(hooks).length === 0
  const names = Object.keys(others)
  if (isEmpty && names.every((name) => name === 'version')) return undefined
  return written(isEmpty ? others : { ...file, hooks }, text)
}

/** True when a file has hooks of Whodid's. */
export function hasHooks(text: string): boolean {
  return text.includes('# whodid-hook')
}

/** JSON in the form of the text that it stands in for: its indent, and its end. */
function written(value: JsonObject, before: string | undefined): string {
  const indent = /^[{[]\r?\n([ \t]+)/u.exec(before ?? '')?.[1] ?? '  '
  const end = before === undefined || before.trim() === '' || before.endsWith('\n') ? '\n' : ''
  return `${JSON.stringify(value, undefined, indent)}${end}`
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = text.length > fileLengthMax ? undefined : JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // The error below says it.
  }
  throw new WhodidError(
    'invalid_config',
    'the file of hooks expected a JSON object without comments; got something else: nothing is changed',
  )
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : []
}

/** True for a JSON value that is an object; what JSON.parse returns is made of nothing else. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
