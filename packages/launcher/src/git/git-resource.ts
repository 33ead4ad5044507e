import { normalizeResource, trimEnd } from '@whodid/model'

/** A repository as its remote names it, without a user name or password; or, without a remote, as its directory. */
export interface GitRepository {
  /** `github.com/acme/app`, or an absolute path. */
  readonly name: string
  readonly isOfGithub: boolean
}

/** UTF-16 units of a remote's URL that is read. */
const urlLengthMax = 4096

/** Names the repository of a remote's URL in any of the forms that git takes; undefined for one that names nothing. */
export function repositoryOf(url: string): GitRepository | undefined {
  if (url === '' || url.length > urlLengthMax) return undefined
  const scp = /^(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!\/\/)(.+)$/u.exec(url)
  if (scp !== null && !/^[A-Za-z]:[\\/]/u.test(url)) return named(scp[1] ?? '', scp[2] ?? '')
  if (url.startsWith('/')) return named('', url)
  try {
    const { protocol, hostname, pathname } = new URL(url)
    return named(protocol === 'file:' ? '' : hostname, decodeURIComponent(pathname))
  } catch {
    return undefined
  }
}

/** The resource of a commit, a branch or a tag in a repository. */
export function gitResource(
  repository: GitRepository,
  kind: 'commit' | 'branch' | 'tag',
  name: string,
): { readonly id: string; readonly type: string } {
  const { isOfGithub } = repository
  const path = isOfGithub ? repository.name.slice('github.com/'.length) : repository.name
  return normalizeResource(`${isOfGithub ? 'github' : 'git'}:${kind}:${path}/${name}`)
}

function named(host: string, path: string): GitRepository | undefined {
  const clean = trimEnd(path, '/').replace(/\.git$/u, '')
  if (host === '') return clean === '' ? undefined : { name: clean, isOfGithub: false }
  const parts = clean.split('/').filter((part) => part !== '')
  if (parts.length === 0) return undefined
  const known = host.toLowerCase().replace(/^(?:www|ssh)\.(?=github\.com$)/u, '')
  const isOfGithub = known === 'github.com' && parts.length === 2
  return { name: `${known}/${parts.join('/')}`, isOfGithub }
}
