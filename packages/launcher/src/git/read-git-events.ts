import { createHash } from 'node:crypto'
import type { SpanPlace } from '@whodid/hooks'
import { newPlace, parseTraceParent } from '@whodid/hooks'
import type { SpanToSend } from '@whodid/hooks'
import { attribute } from '@whodid/model'
import { gitResource, repositoryOf } from './git-resource.ts'
import type { GitRepository } from './git-resource.ts'
import { runGit } from './run-git.ts'

/** The run whose git acts are read. */
export interface GitActor {
  readonly instance: string
  readonly session: SpanPlace
}

/** A push that began, by the reference that the remote is to have. */
interface Push {
  readonly remote: string
  readonly sha: string
  readonly actionId: string
  readonly span: Act
}

interface Act {
  readonly name: string
  readonly verb: 'create' | 'update' | 'delete' | 'send'
  readonly outcome: 'success' | 'unknown'
  readonly resource: { readonly id: string; readonly type: string }
  readonly actionId: string
  readonly place: SpanPlace | undefined
  readonly sha: string
}

/** Pushes that are remembered until git shows that they arrived. */
const pushesMax = 256
const zeroSha = /^0+$/u
const shaLike = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u

/** Makes acts of the events that a run's git hooks wrote. One at a time; git is asked for what a hook had no time for. */
export class GitEventReader {
  readonly #actor: GitActor
  readonly #pushes = new Map<string, Push>()
  readonly #seenCommits = new Set<string>()

  constructor(actor: GitActor) {
    this.#actor = actor
  }

  /** The acts of one line; none for a line that is no event, or says nothing new. */
  async read(line: string): Promise<SpanToSend[]> {
    const [kind = '', parent = '', directory = '', ...rest] = line.split('\t')
    if (!directory.startsWith('/')) return []
    const place = parseTraceParent(parent)
    if (kind === 'commit') return this.#commit(directory, place, rest[0] ?? '')
    if (kind === 'ref') return this.#reference(directory, place, rest)
    if (kind === 'push') return this.#push(place, rest)
    return []
  }

  async #commit(
    directory: string,
    place: SpanPlace | undefined,
    sha: string,
  ): Promise<SpanToSend[]> {
    if (!shaLike.test(sha) || this.#seenCommits.has(sha)) return []
    // A merge may only have moved to a commit that somebody else made: this run's own carry its trailer.
    const trailer = `Whodid-Instance: ${this.#actor.instance}`
    const message = await runGit(directory, ['log', '-1', '--format=%(trailers:only,unfold)', sha])
    if (!message.split('\n').includes(trailer)) return []
    this.#seenCommits.add(sha)
    const resource = gitResource(await repositoryIn(directory), 'commit', sha)
    const actionId = actionIdOf('commit', resource.id)
    return [
      this.#span({
        name: 'git commit',
        verb: 'create',
        outcome: 'success',
        resource,
        actionId,
        place,
        sha,
      }),
    ]
  }

  async #reference(
    directory: string,
    place: SpanPlace | undefined,
    [old = '', sha = '', reference = '']: readonly string[],
  ): Promise<SpanToSend[]> {
    if (!shaLike.test(sha) || old === sha) return []
    const [, kind = '', name = ''] = /^refs\/(heads|tags|remotes)\/(.+)$/u.exec(reference) ?? []
    if (kind === 'remotes') return this.#arrived(name, sha)
    if (kind === '') return []
    const isBranch = kind === 'heads'
    const repository = await repositoryIn(directory)
    const resource = gitResource(repository, isBranch ? 'branch' : 'tag', name)
    const verb = await verbOf(directory, { old, sha, reference })
    const actionId = actionIdOf(verb, `${resource.id} ${old} ${sha} ${Date.now()}`)
    const label = `git ${isBranch ? 'branch' : 'tag'} ${verb}`
    return [this.#span({ name: label, verb, outcome: 'success', resource, actionId, place, sha })]
  }

  #push(
    place: SpanPlace | undefined,
    [remote = '', url = '', sha = '', reference = '']: readonly string[],
  ): SpanToSend[] {
    const [, kind = '', name = ''] = /^refs\/(heads|tags)\/(.+)$/u.exec(reference) ?? []
    const repository = repositoryOf(url)
    if (kind === '' || repository === undefined) return []
    const resource = gitResource(repository, kind === 'heads' ? 'branch' : 'tag', name)
    const actionId = actionIdOf('push', `${resource.id} ${sha} ${Date.now()}`)
    const verb = zeroSha.test(sha) ? 'delete' : 'send'
    const span: Act = { name: 'git push', verb, outcome: 'unknown', resource, actionId, place, sha }
    if (this.#pushes.size < pushesMax)
      this.#pushes.set(`${remote}/${name}`, { remote, sha, actionId, span })
    return [this.#span(span)]
  }

  /** git moves its copy of the remote's branch once the remote has taken it: the push has succeeded. */
  #arrived(name: string, sha: string): SpanToSend[] {
    const push = this.#pushes.get(name)
    if (push === undefined || (push.sha !== sha && !zeroSha.test(sha))) return []
    this.#pushes.delete(name)
    return [this.#span({ ...push.span, outcome: 'success' })]
  }

  #span(act: Act): SpanToSend {
    const parent = act.place ?? this.#actor.session
    const now = Date.now()
    return {
      ...newPlace(parent),
      parentSpanId: parent.spanId,
      name: act.name,
      startUnixMs: now,
      endUnixMs: now,
      attributes: {
        [attribute.recordKind]: 'action',
        [attribute.actionId]: act.actionId,
        [attribute.actionVerb]: act.verb,
        [attribute.actionOutcome]: act.outcome,
        [attribute.resourceId]: act.resource.id,
        [attribute.resourceType]: act.resource.type,
        'vcs.ref.head.revision': zeroSha.test(act.sha) ? '' : act.sha,
      },
    }
  }
}

/** The repository of a directory: by its remote `origin`, else its only remote, else its own place. */
async function repositoryIn(directory: string): Promise<GitRepository> {
  const listed = await runGit(directory, ['config', '--get-regexp', String.raw`^remote\..*\.url$`])
  const remotes = listed.split('\n').flatMap((line) => {
    const match = /^remote\.(.+)\.url (.+)$/u.exec(line)
    return match === null ? [] : [{ name: match[1] ?? '', url: match[2] ?? '' }]
  })
  const chosen =
    remotes.find(({ name }) => name === 'origin') ?? (remotes.length === 1 ? remotes[0] : undefined)
  const named = chosen === undefined ? undefined : repositoryOf(chosen.url)
  if (named !== undefined) return named
  const top = await runGit(directory, ['rev-parse', '--show-toplevel'])
  return { name: top === '' ? directory : top, isOfGithub: false }
}

/** The change of a branch or a tag. git gives no old state for one that is forced: a branch's own log tells if it is new. */
async function verbOf(
  directory: string,
  { old, sha, reference }: Readonly<Record<'old' | 'sha' | 'reference', string>>,
): Promise<Act['verb']> {
  if (zeroSha.test(sha)) return 'delete'
  if (!zeroSha.test(old)) return 'update'
  const isNew = reference.startsWith('refs/tags/') || (await isNewBranch(directory, reference))
  return isNew ? 'create' : 'update'
}

/** True when a branch's own log has no state before its present one. */
async function isNewBranch(directory: string, reference: string): Promise<boolean> {
  const states = await runGit(directory, ['log', '-g', '--format=%H', '-n', '2', reference, '--'])
  return states.split('\n').length < 2
}

function actionIdOf(kind: string, text: string): string {
  return `git-${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}
