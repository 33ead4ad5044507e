import type { WhoDidAnswer } from '@whodid/model'

type Action = NonNullable<WhoDidAnswer['action']>

const pastTense: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    approve: 'approved',
    create: 'created',
    delegate: 'handed over to',
    delete: 'deleted',
    execute: 'executed',
    grant: 'granted access to',
    read: 'read',
    send: 'sent',
    update: 'updated',
  }),
)

/** Verbs that a record may bear for a merge: what the contract says, what a tool without one gets, and none. */
const verbsOfMerge = ['update', 'execute', 'merge', '']

/**
 * What was done to a resource, in the past tense: the verb of the record, but `merged` where a tool whose name says nothing else than
 * a merge (`merge`, `merge_pull_request`, `mcp__github__mergePR`) acted on a pull or merge request.
 */
export function pastDeed({
  verb,
  tool,
  resource,
}: Pick<Action, 'verb' | 'tool' | 'resource'>): string {
  if (verbsOfMerge.includes(verb) && isMergeTool(tool ?? '') && isPull(resource?.id ?? ''))
    return 'merged'
  return pastTense.get(verb) ?? (verb === '' ? 'acted on' : `did "${verb}" to`)
}

function isMergeTool(tool: string): boolean {
  // What stands before the last separator names the server that has the tool.
  const name =
    tool
      .slice(0, 200)
      .split(/__|[./:]/u)
      .at(-1) ?? ''
  const words = name.replace(/[_\s-]/gu, '').toLowerCase()
  return ['merge', 'mergepullrequest', 'mergepr', 'mergemergerequest', 'mergemr'].includes(words)
}

function isPull(resource: string): boolean {
  return /^[a-z0-9.+-]{1,40}:(?:pull|merge_request|pullrequest):/u.test(resource)
}
