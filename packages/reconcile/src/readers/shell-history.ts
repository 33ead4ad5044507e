import { readCarried } from '../event/carried-ids.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { readTime } from '../event/json-fields.ts'
import type { ReadContext } from './import-format.ts'

const verbOfProgram: ReadonlyMap<string, string> = new Map([
  ['rm', 'delete'],
  ['rmdir', 'delete'],
  ['shred', 'delete'],
  ['cp', 'create'],
  ['mkdir', 'create'],
  ['touch', 'create'],
  ['mv', 'update'],
  ['chmod', 'update'],
  ['chown', 'update'],
  ['cat', 'read'],
  ['less', 'read'],
  ['grep', 'read'],
  ['ls', 'read'],
])

/** UTF-16 units of a command that are looked at. */
const commandLengthMax = 4_096

/** Joins the lines of a history: in bash's, a line `#<seconds>` belongs to the command below it. */
export function splitShellHistory(text: string): readonly { line: number; text: string }[] {
  const items: { line: number; text: string }[] = []
  let time = ''
  for (const [index, line] of text.split('\n').entries()) {
    if (/^#\d{9,12}$/u.test(line.trim())) time = line.trim()
    else if (line.trim() !== '') {
      items.push({ line: index + 1, text: line.startsWith(': ') ? line : `${time}\n${line}` })
      time = ''
    }
  }
  return items
}

/**
 * Reads a command of a shell's history: bash's with its times (`HISTTIMEFORMAT` set), or zsh's extended form. The history says
 * neither who typed nor how the command ended; its account is the one that the import names as its source. Throws `invalid_time`
 * for a command without its time.
 */
export function readShellHistory(item: string, { source }: ReadContext): ImportedEvent {
  const isZsh = item.startsWith(': ')
  const cut = isZsh ? item.indexOf(';') : item.indexOf('\n')
  const head = item.slice(0, cut)
  const command = item
    .slice(cut + 1)
    .slice(0, commandLengthMax)
    .trim()
  const seconds = isZsh ? (head.slice(2).split(':', 1)[0] ?? '') : head.slice(1)
  const words = command.split(/\s+/u)
  const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*=/u.test(word)
  const assigned = words.slice(
    0,
    Math.max(
      words.findIndex((word) => !isAssignment(word)),
      0,
    ),
  )
  const [program = '', ...rest] = words.slice(assigned.length).filter((word) => word !== 'sudo')
  const path = rest.findLast((word) => word.startsWith('/'))
  return importedEvent({
    atUnixNs: readTime(seconds, 'time'),
    system: 'shell',
    operation: program,
    verb: verbOfProgram.get(program) ?? 'execute',
    resource: path === undefined ? '' : `file:${path}`,
    person: source,
    carried: {
      ...nothingCarried,
      ...readCarried(assigned.map((word) => [variableOf(word), word.slice(word.indexOf('=') + 1)])),
    },
  })
}

/** The name under which a variable of the launcher carries an identifier. */
function variableOf(word: string): string {
  const name = word.slice(0, word.indexOf('='))
  return name.replace('WHODID_AGENT_', 'WHODID_')
}
