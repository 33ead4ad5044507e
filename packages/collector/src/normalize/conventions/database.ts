import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** Operations by their first word: of SQL, of document and vector stores, of key-value stores. The others `execute`. */
const verbOfOperation: ReadonlyMap<string, string> = new Map<string, string>([
  ...verbs(
    'read',
    'SELECT FIND GET AGGREGATE QUERY SEARCH SCAN SCROLL FETCH COUNT DISTINCT EXISTS',
  ),
  ...verbs('read', 'SHOW EXPLAIN DESCRIBE LIST PEEK RETRIEVE MGET HGET HGETALL HMGET LRANGE KEYS'),
  ...verbs('create', 'INSERT CREATE ADD'),
  ...verbs('update', 'UPDATE UPSERT MERGE REPLACE ALTER PUT SET MSET SETEX HSET HMSET INCR'),
  ...verbs('delete', 'DELETE DROP TRUNCATE REMOVE DEL UNLINK HDEL FLUSHALL FLUSHDB'),
])

/** Operations on the connection, and not on stored data: no acts. */
const ofConnection: ReadonlySet<string> = new Set(
  'BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE USE DISCARD DEALLOCATE PING CONNECT AUTH HELLO CLIENT'.split(
    ' ',
  ),
)

/** In SQL, SET is of the connection; in key-value stores it writes data. */
const keyValueStores: ReadonlySet<string> = new Set(['redis', 'valkey', 'memcached'])

function verbs(verb: string, words: string): (readonly [string, string])[] {
  return words.split(' ').map((word) => [word, verb])
}

/** A database call, by `db.system.name` or its older name `db.system`. */
export const database: Convention = {
  name: 'db',
  speaks: ({ attributes }) => attributes.has('db.system.name') || attributes.has('db.system'),
  ofAgent: () => false,
  kind: ({ attributes }) => (touchesData(attributes) ? 'action' : ''),
  read: readDatabase,
}

function readDatabase({ attributes }: Telemetry, kind: RecordKind): Claims {
  // A model or a memory kept in a database is reported as that.
  if (kind !== 'action' && kind !== 'tool_call') return {}
  return {
    verb: verbOfOperation.get(operation(attributes)) ?? 'execute',
    resourceId: table(attributes),
    content: firstText(attributes, ['db.query.text', 'db.statement']),
  }
}

/** A connection that is opened or a transaction that begins touches no stored data. */
function touchesData(attributes: Attributes): boolean {
  const word = operation(attributes)
  if (word === 'SET')
    return keyValueStores.has(firstText(attributes, ['db.system.name', 'db.system']).toLowerCase())
  return word === '' ? collection(attributes) !== '' : !ofConnection.has(word)
}

/** The operation as said, else the first word of the summary or of the statement. */
function operation(attributes: Attributes): string {
  const said = firstText(attributes, [
    'db.operation.name',
    'db.operation',
    'db.query.summary',
    'db.query.text',
    'db.statement',
  ])
  return (/^\s{0,100}([A-Za-z]{1,20})/u.exec(said)?.[1] ?? '').toUpperCase()
}

/** `db:table:<namespace>/<collection>`; a collection without its database names no one thing. */
function table(attributes: Attributes): string {
  const namespace = firstText(attributes, ['db.namespace', 'db.name'])
  const name = collection(attributes)
  return namespace === '' || name === '' ? '' : `db:table:${namespace}/${name}`
}

function collection(attributes: Attributes): string {
  return firstText(attributes, ['db.collection.name', 'db.sql.table'])
}
