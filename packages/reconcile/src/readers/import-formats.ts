import { readAccessLog } from './access-log.ts'
import { cloudFormats } from './cloud-formats.ts'
import type { CloudFormatName } from './cloud-formats.ts'
import { readGithubAudit } from './github-audit.ts'
import { readGithubEvent } from './github-events.ts'
import { readGitLog } from './git-log.ts'
import { readGitlabAudit } from './gitlab-audit.ts'
import type { ImportFormat } from './import-format.ts'
import { readPostgres } from './postgres.ts'
import { readShellHistory, splitShellHistory } from './shell-history.ts'

/** The names of the formats, as `whodid import` takes them. */
export type ImportFormatName =
  | CloudFormatName
  | 'github-audit'
  | 'github-events'
  | 'git-log'
  | 'gitlab-audit'
  | 'postgres'
  | 'access-log'
  | 'shell-history'

/** The formats that can be imported. */
export const importFormats: Readonly<Record<ImportFormatName, ImportFormat>> = {
  'github-audit': { kind: 'json', read: readGithubAudit },
  'github-events': { kind: 'json', read: readGithubEvent },
  'git-log': { kind: 'json', read: readGitLog },
  'gitlab-audit': { kind: 'json', read: readGitlabAudit },
  ...cloudFormats,
  postgres: { kind: 'line', read: readPostgres, split: splitStatements },
  'access-log': { kind: 'line', read: readAccessLog },
  'shell-history': { kind: 'line', read: readShellHistory, split: splitShellHistory },
}

/** The names of the formats. */
export const importFormatNames: readonly ImportFormatName[] = Object.keys(
  importFormats,
  // Its keys are its type's.
) as ImportFormatName[]

/** Joins a statement that stands on several lines: all but the first begin with a tab. */
function splitStatements(text: string): readonly { line: number; text: string }[] {
  const items: { line: number; parts: string[] }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const last = items.at(-1)
    if (line.startsWith('\t') && last !== undefined) last.parts.push(line.slice(1))
    else if (line.trim() !== '') items.push({ line: index + 1, parts: [line] })
  }
  return items.map(({ line, parts }) => ({ line, text: parts.join('\n') }))
}
