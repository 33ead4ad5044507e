import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../otlp/batch.ts'
import type { Convention } from './convention.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Claims, Telemetry } from './telemetry.ts'

const verbOfOperation: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    SELECT: 'read',
    FIND: 'read',
    GET: 'read',
    AGGREGATE: 'read',
    INSERT: 'create',
    CREATE: 'create',
    UPDATE: 'update',
    UPSERT: 'update',
    MERGE: 'update',
    REPLACE: 'update',
    ALTER: 'update',
    DELETE: 'delete',
    DROP: 'delete',
    TRUNCATE: 'delete',
  }),
)

/** A database call, by `db.system.name` or its older name `db.system`. */
export const database: Convention = {
  name: 'db',
  speaks: ({ attributes }) => attributes.has('db.system.name') || attributes.has('db.system'),
  ofAgent: () => false,
  kind: () => 'action',
  read: readDatabase,
}

function readDatabase({ attributes }: Telemetry, kind: RecordKind): Claims {
  // A model or a memory kept in a database is told as what it is.
  if (kind !== 'action' && kind !== 'tool_call') return {}
  return {
    verb: verbOfOperation.get(operation(attributes)) ?? 'execute',
    resourceId: table(attributes),
    content: firstText(attributes, ['db.query.text', 'db.statement']),
  }
}

/** The operation as said, else the first word of the statement. */
function operation(attributes: Attributes): string {
  const said = firstText(attributes, ['db.operation.name', 'db.operation'])
  const statement = firstText(attributes, ['db.query.text', 'db.statement'])
  const word = /^\s*([A-Za-z]{1,20})/u.exec(said === '' ? statement : said)?.[1] ?? ''
  return word.toUpperCase()
}

/** `db:table:<namespace>/<collection>`; a collection without its database names no one thing. */
function table(attributes: Attributes): string {
  const namespace = firstText(attributes, ['db.namespace', 'db.name'])
  const collection = textOf(attributes, 'db.collection.name') || textOf(attributes, 'db.sql.table')
  return namespace === '' || collection === '' ? '' : `db:table:${namespace}/${collection}`
}
