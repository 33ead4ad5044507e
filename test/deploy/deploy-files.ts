import { settingKeys, variableOf } from '@whodid/server/config'
import { parse } from 'yaml'
import { readSource, repositorySources } from '../tidy/source.ts'

/** A text file below `deploy/`, by its path there. Throws where there is none. */
export function deployFile(path: string): string {
  return readSource(`deploy/${path}`).text
}

/** A YAML file of the repository, parsed; a test that reads a field that is not there gets undefined. */
export function yamlFile(path: string): Tree {
  return treeOf(parse(readSource(path).text))
}

/** Parsed YAML, walked by keys: `at('spec', 0, 'name')` is undefined where the way ends early. */
export interface Tree {
  readonly value: unknown
  readonly at: (...keys: readonly (string | number)[]) => unknown
}

/** Wraps parsed YAML or JSON, to be walked. */
export function treeOf(value: unknown): Tree {
  const step = (from: unknown, key: string | number): unknown =>
    typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined
  return { value, at: (...keys) => keys.reduce(step, value) }
}

/** The fields of a tree that is an object, with their values; of anything else none. */
export function fieldsOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** Every setting of the product that a file may set, and what the SDK reads in the agent's process. */
export const productVariables: ReadonlySet<string> = new Set([
  ...settingKeys.map(variableOf),
  'WHODID_CONFIG',
  'WHODID_ENDPOINT',
  'WHODID_INGEST_TOKEN',
])

/** The names like a setting's in a text, without beginnings that a script or a template goes on with. */
export function variablesIn(text: string): readonly string[] {
  const names = text.match(/\b(?:WHODID_|CLICKHOUSE_URL)[A-Z0-9_]*/gu) ?? []
  return [...new Set(names)].filter((name) => !name.endsWith('_'))
}

/** All files below `deploy/`. */
export const deployFiles = (): ReturnType<typeof repositorySources> =>
  repositorySources(/^deploy\//u)
