import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { nearestName, printableLine, WhodidError } from '@whodid/model'
import { schemaOf, settingKeys, describeSetting, variableOf } from './settings-schema.ts'
import type { SettingKey, SettingValues } from './setting-values.ts'

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The settings of the environment and of the file that `WHODID_CONFIG` names. */
export interface Settings {
  /**
   * The value of a setting: that of its variable, else that of the file; undefined where neither has one. Throws `invalid_config`, with
   * the setting, what was expected and what came.
   */
  value<Key extends SettingKey>(key: Key): SettingValues[Key] | undefined
  /** The name of a setting in messages: its variable, or its key and the file that sets it. */
  nameOf(key: SettingKey): string
}

const configBytesMax = 65_536
const shownLengthMax = 80
/** Characters of a value in which a user and password are looked for. */
const partsLengthMax = 4096

/**
 * Reads the environment, and the JSON file of `WHODID_CONFIG` if it is set. A variable goes before the key of the file; an empty value
 * counts as none. A value is checked when it is asked for, so that a command depends on no setting that it does not use.
 *
 * Throws `invalid_config` for a file that cannot be read, is over 64 KiB, is no JSON object, or has an unknown key.
 *
 * @example
 * ```ts
 * const apiPort = readSettings(process.env).value('api_port') ?? 4320
 * ```
 */
export function readSettings(environment: Environment): Settings {
  const path = textOf(environment['WHODID_CONFIG'])
  const file = path === undefined ? {} : readConfigFile(resolve(path))
  const nameOf = (key: SettingKey): string =>
    path === undefined || isSet(environment, key) || file[key] === undefined
      ? variableOf(key)
      : `"${key}" in ${printableLine(resolve(path), 200)}`
  return {
    value: (key) => {
      const given = textOf(environment[variableOf(key)]) ?? file[key]
      return given === undefined ? undefined : parseSetting(key, given, nameOf(key))
    },
    nameOf,
  }
}

/** The error of a setting that has not the expected form. A secret's value is left out, and the user and password of a URL. */
export function invalidSetting(name: string, expected: string, got: unknown): WhodidError {
  const shown =
    got === undefined
      ? 'nothing'
      : typeof got === 'string'
        ? `"${printableLine(got.slice(0, partsLengthMax).replace(/\/\/[^/]*@/u, '//…@'), shownLengthMax)}"`
        : printableLine(JSON.stringify(got), shownLengthMax)
  return new WhodidError('invalid_config', `${name} expected ${expected}; got ${shown}`)
}

function parseSetting<Key extends SettingKey>(
  key: Key,
  given: unknown,
  name: string,
): SettingValues[Key] {
  const parsed = schemaOf(key).safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const expected = issue?.message ?? 'another value'
  if (describeSetting(key).isSecret === true)
    throw new WhodidError('invalid_config', `${name} expected ${expected}; got another value`)
  const part: unknown = issue?.code === 'custom' ? issue.params?.['got'] : undefined
  throw invalidSetting(name, expected, part ?? given)
}

type ConfigFile = Readonly<Partial<Record<SettingKey, unknown>>>

function readConfigFile(path: string): ConfigFile {
  const held = parseJson(readText(path), path)
  if (typeof held !== 'object' || held === null || Array.isArray(held))
    throw unusable(path, 'it does not hold one JSON object')
  const entries = Object.entries(held).map(([key, value]: [string, unknown]) => {
    const known = settingKeys.find((setting) => setting === key)
    if (known === undefined) throw unusable(path, unknownKey(key))
    return [known, typeof value === 'string' ? textOf(value) : value] as const
  })
  return Object.fromEntries(entries)
}

function readText(path: string): string {
  try {
    const { size } = statSync(path)
    if (size > configBytesMax) throw unusable(path, `it has more than ${configBytesMax} bytes`)
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof WhodidError) throw thrown
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
    throw unusable(path, typeof code === 'string' ? code : 'it cannot be read')
  }
}

/** The parser's own message quotes the text around the fault, which may be a secret: only the place is passed on. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : ''
    const position = /at position (\d+)/u.exec(message)?.[1]
    const line = text.slice(0, Number(position ?? 0)).split('\n').length
    throw unusable(path, `it is no JSON${position === undefined ? '' : `, from line ${line} on`}`)
  }
}

function unknownKey(key: string): string {
  const nearest = nearestName(key, settingKeys)
  const suggestion = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return `"${printableLine(key, shownLengthMax)}" is no setting${suggestion}`
}

function unusable(path: string, why: string): WhodidError {
  const shown = printableLine(path, 200)
  return new WhodidError('invalid_config', `WHODID_CONFIG ${shown} cannot be used: ${why}`)
}

function isSet(environment: Environment, key: SettingKey): boolean {
  return textOf(environment[variableOf(key)]) !== undefined
}

function textOf(value: string | undefined): string | undefined {
  const trimmed = value?.trim()
  return trimmed === '' ? undefined : trimmed
}
