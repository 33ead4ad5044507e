import { readSqlComment } from '../event/carried-ids.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { readTime, textAt } from '../event/json-fields.ts'
import { marksOfUserAgent } from '../event/agent-marks.ts'
import { parseJsonObject } from './parse-json-object.ts'
import { readStatement } from './read-statement.ts'

/** A line of the log, whichever its form. */
interface LogLine {
  readonly at: string
  readonly user: string
  readonly database: string
  readonly application: string
  readonly session: string
  readonly message: string
  /** The statement that an error is about. */
  readonly failed: string
}

/**
 * Reads a line of Postgres' log: `jsonlog`, or `stderr` under a `log_line_prefix` that begins with `%m [%p]` and may have `%q`, `%u@%d`
 * and `%a`. It takes statements (`log_statement`, `log_min_duration_statement`) and entries of pgaudit; other lines are no acts. The
 * comment at a statement's end carries the trace. A statement is logged before it runs: its outcome is known where its duration, or an
 * error, is.
 */
export function readPostgres(line: string): ImportedEvent | undefined {
  const log = line.startsWith('{') ? fromJson(line) : fromText(line)
  const { message } = log
  const found =
    log.failed === ''
      ? statementOf(message)
      : { statement: log.failed, outcome: failureOf(message) }
  if (found === undefined) return undefined
  const { verb, operation, resource } = readStatement(found.statement, log.database)
  if (operation === '') return undefined
  return importedEvent({
    atUnixNs: readTime(log.at, 'timestamp'),
    system: 'postgres',
    operation,
    verb,
    outcome: found.outcome,
    resource:
      'object' in found && found.object !== '' ? tableOf(log.database, found.object) : resource,
    principal: log.user,
    credential: log.session,
    marks: marksOfUserAgent(log.application, 'application_name'),
    carried: { ...nothingCarried, ...readSqlComment(found.statement) },
  })
}

interface FoundStatement {
  readonly statement: string
  readonly outcome: ImportedEvent['outcome']
  /** The object that pgaudit names. */
  readonly object?: string
}

function statementOf(message: string): FoundStatement | undefined {
  if (message.startsWith('AUDIT: ')) return auditOf(message.slice('AUDIT: '.length))
  const timed = message.startsWith('duration: ')
  const colon = /(?:statement|execute [^:]{1,64}): /u.exec(message.slice(0, 160))
  if (colon === null || (colon.index > 0 && !timed)) return undefined
  return {
    statement: message.slice(colon.index + colon[0].length),
    outcome: timed ? 'success' : '',
  }
}

/** `SESSION,1,1,WRITE,DELETE,TABLE,public.customers,"DELETE FROM …",<none>`, as a line of CSV. */
function auditOf(entry: string): FoundStatement | undefined {
  const fields = entry.split(',', 7)
  if (fields.length < 7) return undefined
  let at = 0
  for (const field of fields) at += field.length + 1
  const rest = entry.slice(at)
  const quoted = rest.startsWith('"')
  const end = quoted ? rest.lastIndexOf('"') : rest.lastIndexOf(',')
  const statement = rest.slice(quoted ? 1 : 0, end < 0 ? rest.length : end)
  const isTable = fields[5] === 'TABLE'
  return {
    statement: quoted ? statement.replaceAll('""', '"') : statement,
    outcome: '',
    object: isTable ? (fields[6] ?? '') : '',
  }
}

function tableOf(database: string, object: string): string {
  return `db:table:${database}/${object.replace(/^public\./u, '')}`
}

function failureOf(message: string): 'failure' | 'denied' {
  return message.includes('permission denied') ? 'denied' : 'failure'
}

function fromJson(line: string): LogLine {
  const log = parseJsonObject(line)
  return {
    at: textAt(log, 'timestamp'),
    user: textAt(log, 'user'),
    database: textAt(log, 'dbname'),
    application: textAt(log, 'application_name'),
    session: textAt(log, 'session_id'),
    message: textAt(log, 'message'),
    failed: textAt(log, 'error_severity') === 'ERROR' ? textAt(log, 'statement') : '',
  }
}

/** The severity and the end of the prefix: the message stands behind two spaces. */
const severity = /\b(?:LOG|ERROR|FATAL|WARNING|NOTICE|INFO|DETAIL|HINT|STATEMENT|CONTEXT): {2}/u

function fromText(line: string): LogLine {
  const found = severity.exec(line.slice(0, 512))
  const prefix = found === null ? line.slice(0, 512) : line.slice(0, found.index)
  const close = prefix.indexOf('] ')
  const [account = '', ...words] = prefix
    .slice(close < 0 ? prefix.length : close + 2)
    .trim()
    .split(' ')
  const [user = '', database = ''] = account.split('@')
  const open = prefix.indexOf(' [')
  return {
    at: open < 0 ? prefix.trim() : prefix.slice(0, open),
    user,
    database,
    application: words.join(' '),
    session: '',
    message: found === null ? '' : isLog(found[0]) ? line.slice(found.index + found[0].length) : '',
    failed: '',
  }
}

function isLog(label: string): boolean {
  return label.startsWith('LOG')
}
