/** The classes that verbs fall into; two verbs of one class may name one act. */
const words: Readonly<Record<string, string>> = {
  create:
    'create insert add open opened post put upload publish copy fork register generate import',
  read: 'read get list select view fetch search describe head show count scan download lookup watch export clone pull access',
  update:
    'update patch merge merged edit modify set close closed reopen rename push commit alter replace upsert assign attach detach enable disable restore move change transfer rotate',
  delete: 'delete drop truncate remove removed destroy purge terminate revoke cancel',
  execute: 'execute run exec call invoke start stop trigger dispatch assume connect deploy job',
  send: 'send message reply notify email',
  approve: 'approve grant accept authorize allow invite review',
}

const classOfWord: ReadonlyMap<string, string> = new Map(
  Object.entries(words).flatMap(([verb, list]) =>
    list.split(' ').map((word): [string, string] => [word, verb]),
  ),
)

/** UTF-16 units of an operation's name that are looked at. */
const nameLengthMax = 256

/**
 * Returns the class of an operation by the words of its name (`pull_request.merge`, `DeleteObject`, `DROP TABLE`, `v1.compute.instances.delete`):
 * the last word that says one, for the first is often a noun. '' where none does.
 */
export function verbOf(operation: string): string {
  const parts = operation
    .slice(0, nameLengthMax)
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
  // An operation in camel case begins with its verb (`DeleteMessage`); one with separators ends in it (`message.delete`).
  const isCamel = !/[._\s:/-]/u.test(operation)
  const found = isCamel ? parts.find(isVerb) : parts.findLast(isVerb)
  return found === undefined ? '' : classOf(found)
}

function isVerb(word: string): boolean {
  const found = classOf(word)
  return found !== word || classOfWord.has(word)
}

/** True when two verbs, each a word, may name one act. */
export function isSameVerb(one: string, other: string): boolean {
  if (one === '' || other === '') return false
  return one === other || classOf(one) === classOf(other)
}

/** Returns the class of a verb; the verb itself where it is of none. */
export function classOf(verb: string): string {
  const word = verb.toLowerCase()
  return (
    classOfWord.get(word) ??
    // In the past tense: `deleted`, `destroyed`.
    classOfWord.get(word.replace(/d$/u, '')) ??
    classOfWord.get(word.replace(/ed$/u, '')) ??
    word
  )
}
