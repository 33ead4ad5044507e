import { printableLine, WhodidError } from '@whodid/model'

/** A JSON object as parsed, seen through its fields. An absent field and a null are the same, as proto3 JSON has it. */
export type JsonObject = Readonly<Record<string, unknown>>

const int64Min = -(2n ** 63n)
const int64Max = 2n ** 63n - 1n
const uint64Max = 2n ** 64n - 1n
const uint32Max = 2 ** 32 - 1

export function asObject(value: unknown, name: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unexpected(name, 'an object', value)
  // Sound: a non-null, non-array object from JSON.parse has string keys and nothing else.
  return value as JsonObject
}

export function objectField(from: JsonObject, name: string): JsonObject | undefined {
  const value = ownField(from, name)
  return value === undefined ? undefined : asObject(value, name)
}

export function arrayField(from: JsonObject, name: string): readonly unknown[] {
  const value = ownField(from, name)
  if (value === undefined) return []
  if (!Array.isArray(value)) throw unexpected(name, 'an array', value)
  return value
}

export function stringField(from: JsonObject, name: string): string {
  const value = ownField(from, name)
  if (value === undefined) return ''
  if (typeof value !== 'string') throw unexpected(name, 'a string', value)
  return value
}

/** A uint32 or an enum: a number, or its digits as a string. Names of enum values are not OTLP/JSON. */
export function integerField(from: JsonObject, name: string): number {
  const value = ownField(from, name)
  if (value === undefined) return 0
  const number = typeof value === 'string' && /^-?\d{1,10}$/u.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || Math.abs(number) > uint32Max)
    throw unexpected(name, 'a 32-bit integer', value)
  return number
}

export function unsigned64Field(from: JsonObject, name: string): bigint {
  const value = ownField(from, name)
  if (value === undefined) return 0n
  const integer = toInteger(value)
  if (integer === undefined || integer < 0n || integer > uint64Max)
    throw unexpected(name, 'an unsigned 64-bit integer', value)
  return integer
}

export function signed64(value: unknown, name: string): bigint {
  const integer = toInteger(value)
  if (integer === undefined || integer < int64Min || integer > int64Max)
    throw unexpected(name, 'a signed 64-bit integer', value)
  return integer
}

export function double(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  if (
    typeof value === 'string' &&
    /^-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?$/u.test(value)
  )
    return Number(value)
  throw unexpected(name, 'a number, "NaN", "Infinity" or "-Infinity"', value)
}

/** Own properties only: a key such as `constructor` must not find what every object has. */
export function ownField(from: JsonObject, name: string): unknown {
  const value = Object.hasOwn(from, name) ? from[name] : undefined
  return value === null ? undefined : value
}

export function unexpected(name: string, expected: string, got: unknown): WhodidError {
  return new WhodidError('invalid_body', `"${name}" expected ${expected}; got ${describe(got)}`)
}

function toInteger(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  if (typeof value !== 'string') return undefined
  if (/^-?\d{1,20}$/u.test(value)) return BigInt(value)
  // proto3 JSON takes an exponent. Past what a double holds exactly it is another number than the one that was meant.
  const number = /^-?\d{1,20}(?:\.\d{1,20})?[eE]\+?\d{1,2}$/u.test(value)
    ? Number(value)
    : Number.NaN
  return Number.isSafeInteger(number) ? BigInt(number) : undefined
}

function describe(got: unknown): string {
  if (typeof got === 'string') return `"${printableLine(got, 40)}"`
  if (typeof got === 'number' || typeof got === 'boolean') return String(got)
  return Array.isArray(got) ? 'an array' : 'an object'
}
