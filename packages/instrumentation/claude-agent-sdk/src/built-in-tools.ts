import { resolve } from 'node:path'
import type { ToolDescription } from '@whodid/sdk/instrument'
import { textIn } from './texts.ts'

/** The effects of Claude Code's own tools; the others execute. */
const verbs: ReadonlyMap<string, string> = new Map([
  ['Read', 'read'],
  ['Grep', 'read'],
  ['Glob', 'read'],
  ['WebFetch', 'read'],
  ['WebSearch', 'read'],
  ['Write', 'update'],
  ['Edit', 'update'],
  ['MultiEdit', 'update'],
  ['NotebookEdit', 'update'],
])

/** The effect and the object of one of Claude Code's own tools; undefined for another. */
export function describeBuiltInTool(
  name: string,
  input: unknown,
  directory: string,
): ToolDescription | undefined {
  const verb = verbs.get(name)
  if (verb === undefined) return undefined
  const url = textIn(input, 'url')
  const path = textIn(input, 'file_path') || textIn(input, 'notebook_path') || textIn(input, 'path')
  const resource = url === '' ? (path === '' ? '' : `file:${resolve(directory, path)}`) : url
  return resource === '' ? { verb } : { verb, resource }
}
