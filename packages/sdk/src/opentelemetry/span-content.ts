import type { Attributes, AttributeValue } from '@opentelemetry/api'

/** UTF-16 units of a statement that are read. */
const statementLengthMax = 4096

const statementKeys = ['db.query.text', 'db.statement']
const collectionKeys = ['db.collection.name', 'db.sql.table']
const operationKeys = ['db.operation.name', 'db.operation']

/** Keys of texts that may hold anything a person or a model wrote. */
const contentKeys =
  /^(?:db\.(?:query\.text|statement|query\.parameter)|url\.(?:full|query)|http\.(?:url|target)$|(?:http\.(?:request|response)|rpc\.(?:grpc\.)?(?:request|response)|rpc\.(?:request|response))\.(?:header|body|metadata)|graphql\.(?:source|document|variables)|messaging\.message\.body|exception\.(?:message|stacktrace)|gen_ai\.(?:input|output|system_instructions|prompt|completion|tool\.call\.(?:arguments|result))|ai\.(?:prompt|response|toolCall\.(?:args|result)))/u

/** True for an attribute whose value is content, which leaves the process by the capture policy only. */
export function isContentKey(key: string): boolean {
  return contentKeys.test(key)
}

/** The part of a content that is none: a statement's first word, a URL without its query. Undefined when there is no such part. */
export function withoutContent(key: string, value: AttributeValue): AttributeValue | undefined {
  if (typeof value !== 'string') return undefined
  if (statementKeys.includes(key)) return /^\s{0,100}([A-Za-z]{1,20})/u.exec(value)?.[1]
  if (key === 'url.full' || key === 'http.url' || key === 'http.target')
    return value.split(/[?#]/u, 1)[0]
  return undefined
}

/** Statements that change one table, up to its name. */
const changing =
  /^\s{0,100}(?:(INSERT)\s{1,20}INTO|(DELETE)\s{1,20}FROM|(UPDATE)|(MERGE)\s{1,20}INTO|(TRUNCATE)(?:\s{1,20}TABLE)?|(DROP|ALTER|CREATE)\s{1,20}TABLE(?:\s{1,20}IF(?:\s{1,20}NOT)?\s{1,20}EXISTS)?)\s{1,20}(?:ONLY\s{1,20})?((?:"[^"]{1,200}"|`[^`]{1,200}`|\[[^\]]{1,200}\]|[\w$]{1,200})(?:\.(?:"[^"]{1,200}"|`[^`]{1,200}`|\[[^\]]{1,200}\]|[\w$]{1,200})){0,3})/iu

/** A reading statement's table, behind FROM. */
const readFrom =
  /^\s{1,100}((?:"[^"]{1,200}"|`[^`]{1,200}`|[\w$]{1,200})(?:\.(?:"[^"]{1,200}"|`[^`]{1,200}`|[\w$]{1,200})){0,3})\s{0,100}(?!\s{0,100}[,(])/iu

/**
 * The operation and the table of a SQL statement, for instrumentations that send the statement alone: from them the ledger
 * makes verb and resource. Empty where the span says them itself, and where the statement is of several tables.
 */
export function databaseFacts(attributes: Attributes): Attributes {
  if (collectionKeys.some((key) => key in attributes)) return {}
  const statement = statementKeys.map((key) => attributes[key]).find((text) => text !== undefined)
  if (typeof statement !== 'string') return {}
  const target = targetOf(statement.slice(0, statementLengthMax))
  if (target === undefined) return {}
  const isNamed = operationKeys.some((key) => key in attributes)
  return {
    'db.collection.name': target.table,
    ...(isNamed ? {} : { 'db.operation.name': target.operation }),
  }
}

function targetOf(statement: string): { operation: string; table: string } | undefined {
  const match = changing.exec(statement)
  if (match !== null) {
    // Of six groups, the one that stands here has text.
    const operation = match.slice(1, 7).find(Boolean) ?? ''
    return { operation: operation.toUpperCase(), table: bare(match[7] ?? '') }
  }
  if (
    !/^\s{0,100}SELECT\b/iu.test(statement) ||
    /\b(?:JOIN|UNION|EXCEPT|INTERSECT)\b/iu.test(statement)
  )
    return undefined
  const parts = statement.split(/\bFROM\b/iu, 3)
  const table = readFrom.exec(parts[1] ?? '')?.[1]
  if (parts.length !== 2 || table === undefined) return undefined
  return { operation: 'SELECT', table: bare(table) }
}

/** A name without its quotes. */
function bare(name: string): string {
  return name.replaceAll(/["`[\]]/gu, '')
}
