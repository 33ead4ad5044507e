/** What a statement of SQL does, as its first words say. */
export interface ReadStatement {
  readonly operation: string
  readonly verb: string
  readonly resource: string
}

/** Words that stand before the name of the table. */
const fillers: ReadonlySet<string> = new Set(
  'INTO FROM TABLE ONLY IF EXISTS NOT VIEW INDEX MATERIALIZED TEMPORARY TEMP UNLOGGED IGNORE LOW_PRIORITY'.split(
    ' ',
  ),
)

const verbs: ReadonlyMap<string, string> = new Map([
  ['SELECT', 'read'],
  ['INSERT', 'create'],
  ['CREATE', 'create'],
  ['UPDATE', 'update'],
  ['MERGE', 'update'],
  ['ALTER', 'update'],
  ['REPLACE', 'update'],
  ['COPY', 'read'],
  ['DELETE', 'delete'],
  ['DROP', 'delete'],
  ['TRUNCATE', 'delete'],
  ['GRANT', 'approve'],
  ['REVOKE', 'delete'],
  ['CALL', 'execute'],
  ['DO', 'execute'],
])

/** UTF-16 units of a statement that are looked at from its start. */
const lengthMax = 8_192

/**
 * Reads the operation and the table of a statement; one row where its condition is nothing but `id = <value>`. A statement of another
 * kind (`BEGIN`, `SET`) has the operation ''. It parses no SQL: of a statement on several tables it names the first.
 */
export function readStatement(statement: string, database: string): ReadStatement {
  const text = withoutComments(statement.slice(0, lengthMax)).trim()
  const words = text.split(/[\s(;]+/u).filter((word) => word !== '')
  const operation = (words[0] ?? '').toUpperCase()
  const verb = verbs.get(operation)
  if (verb === undefined) return { operation: '', verb: '', resource: '' }
  const table = tableOf(operation, words)
  if (table === '') return { operation, verb, resource: '' }
  const row = operation === 'INSERT' ? undefined : rowOf(text)
  const place = `${database}/${table}`
  return {
    operation,
    verb,
    resource: row === undefined ? `db:table:${place}` : `db:row:${place}/${row}`,
  }
}

function tableOf(operation: string, words: readonly string[]): string {
  const from = operation === 'SELECT' ? words.findIndex((word) => word.toUpperCase() === 'FROM') : 0
  if (from < 0) return ''
  const name = words.slice(from + 1).find((word) => !fillers.has(word.toUpperCase())) ?? ''
  return name
    .replaceAll('"', '')
    .replaceAll('`', '')
    .replace(/^public\./u, '')
    .replace(/,$/u, '')
}

/** The value of a condition that is `id = <value>` and nothing else. */
function rowOf(text: string): string | undefined {
  const at = text.toUpperCase().indexOf(' WHERE ')
  if (at < 0) return undefined
  const condition = text.slice(at + ' WHERE '.length).split(/\bRETURNING\b/iu, 1)[0] ?? ''
  return /^\s*"?id"?\s*=\s*'?([\w-]{1,64})'?[\s;]*$/iu.exec(condition)?.[1]
}

/** A statement without its comments in `/* *\/`; a statement that begins with one would have no operation. */
function withoutComments(statement: string): string {
  let plain = ''
  let at = 0
  for (let start = statement.indexOf('/*'); start >= 0; start = statement.indexOf('/*', at)) {
    plain += `${statement.slice(at, start)} `
    const end = statement.indexOf('*/', start + 2)
    at = end < 0 ? statement.length : end + 2
  }
  return plain + statement.slice(at)
}
