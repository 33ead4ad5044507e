import type { Payload } from './hook-event.ts'

/** The effect of a tool that comes with a product, by its name in lower case. */
const verbOfTool: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    read: 'read',
    read_file: 'read',
    read_many_files: 'read',
    view: 'read',
    grep: 'read',
    glob: 'read',
    ls: 'read',
    list: 'read',
    list_directory: 'read',
    search_file_content: 'read',
    webfetch: 'read',
    web_fetch: 'read',
    websearch: 'read',
    web_search: 'read',
    google_web_search: 'read',
    edit: 'update',
    multiedit: 'update',
    notebookedit: 'update',
    write: 'update',
    write_file: 'update',
    replace: 'update',
    strreplace: 'update',
    str_replace_editor: 'update',
    apply_patch: 'update',
    patch: 'update',
    create: 'update',
    delete: 'delete',
    delete_file: 'delete',
  }),
)

const pathNames = ['file_path', 'filePath', 'absolute_path', 'target_file', 'notebook_path', 'path']

/** The effect of a call: its verb, and the file or the URL that its arguments name. */
export interface ToolEffect {
  readonly verb: string
  /** '' when the arguments name none. */
  readonly resource: string
}

/** Reads the effect of a call from the tool's name and its arguments; a tool that is not known executes. */
export function toolEffect(tool: string, input: unknown, directory: string): ToolEffect {
  const verb = verbOfTool.get(tool.toLowerCase()) ?? 'execute'
  if (typeof input !== 'object' || input === null) return { verb, resource: '' }
  // Sound: its members stay unknown.
  const given = input as Payload
  const url = given['url']
  if (typeof url === 'string' && /^https?:\/\//u.test(url)) return { verb, resource: url }
  if (verb === 'execute') return { verb, resource: '' }
  const path = pathNames.map((name) => given[name]).find((value) => typeof value === 'string')
  return { verb, resource: typeof path === 'string' ? fileOf(path, directory) : '' }
}

function fileOf(path: string, directory: string): string {
  if (path.startsWith('/')) return `file:${path}`
  if (path === '' || !directory.startsWith('/') || path.startsWith('~')) return ''
  // Resolved as the product resolves it, without a look at the disk.
  const parts: string[] = []
  for (const part of `${directory}/${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `file:/${parts.join('/')}`
}
