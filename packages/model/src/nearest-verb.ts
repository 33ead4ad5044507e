import { nearestName } from './nearest-name.ts'

/** The verbs that records bear: those of the contract, and what reading other vocabularies gives. An agent may use others. */
export const knownVerbs = [
  'create',
  'read',
  'update',
  'delete',
  'execute',
  'send',
  'approve',
  'grant',
] as const

/** Words of everyday language, and the verbs of the record that they mean. */
const spokenVerbs: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    add: 'create',
    insert: 'create',
    write: 'update',
    edit: 'update',
    change: 'update',
    modify: 'update',
    merge: 'update',
    push: 'update',
    remove: 'delete',
    drop: 'delete',
    destroy: 'delete',
    erase: 'delete',
    run: 'execute',
    exec: 'execute',
    call: 'execute',
    view: 'read',
    get: 'read',
    fetch: 'read',
    post: 'send',
    email: 'send',
    sent: 'send',
    ran: 'execute',
    wrote: 'update',
  }),
)

/**
 * The known verb that `typed` was most likely meant to be: another case, a form of it (`deleted`, `merging`), what people say for it
 * (`remove`), or a slip. Undefined when it is known as it stands or near none. Does NOT say that `typed` is no verb: an agent may use its own.
 */
export function nearestVerb(typed: string): string | undefined {
  const word = typed.slice(0, 64).toLowerCase()
  if (isKnown(typed)) return undefined
  const stems = ['', 's', 'd', 'ed', 'ing'].flatMap((ending) => {
    if (!word.endsWith(ending)) return []
    const stem = word.slice(0, word.length - ending.length)
    // "merging" is of "merge", "dropped" of "drop".
    return [stem, `${stem}e`, ...(/([a-z])\1$/u.test(stem) ? [stem.slice(0, -1)] : [])]
  })
  return (
    stems.find(isKnown) ??
    stems.map((stem) => spokenVerbs.get(stem)).find((verb) => verb !== undefined) ??
    nearestName(word, knownVerbs)
  )
}

function isKnown(word: string): boolean {
  return knownVerbs.some((verb) => verb === word)
}
