import { printable, trimEnd } from './printable.ts'
import { knownUrls } from './resource-urls.ts'

/** A resource an action touched: a canonical URI-like ID and, where the ID says it, a type. */
export interface Resource {
  readonly id: string
  readonly type: string
}

/** UTF-16 units of a name that is put in its canonical form. A longer one is no name that a person types, and stays as it came. */
export const resourceLengthMax = 4096

/**
 * More combining marks on one letter than any script writes (Unicode's stream-safe text has 30). To put them in order takes
 * the square of their number, so that such a text stays as it came.
 */
const longMarks = /\p{M}{31}/u

/** Systems whose names do not distinguish case, so that one artefact has one ID. */
const caseInsensitiveOwners = new Set(['github'])

const githubKinds: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    pull: 'pull',
    pulls: 'pull',
    issues: 'issue',
    commit: 'commit',
    commits: 'commit',
    blob: 'file',
    tree: 'file',
  }),
)

/**
 * Gives a resource its one canonical name, so that a responder's URL and an agent's ID are equal.
 *
 * GitHub URLs of pull requests, issues, commits and files, those of its API too, become
 * `github:<kind>:<owner>/<repo>/<rest>` with owner and repository in lower case (GitHub does not distinguish it); pages and endpoints of the other
 * systems of {@link knownUrls} become that system's name for the resource; other http(s) URLs get the WHATWG form without fragment,
 * percent-encoded only where RFC 3986 §6.2.2 needs it, and without the trailing slash of a non-root path; a `file://` URL of this machine becomes
 * `file:<path>`; everything else is trimmed and put in Unicode form NFC. Idempotent.
 * A name longer than {@link resourceLengthMax} stays as it came, and the time taken grows with the length and no faster.
 * Does NOT resolve symbolic links, redirects or renamed repositories.
 */
export function normalizeResource(text: string): Resource {
  if (text.length > resourceLengthMax) return { id: text, type: resourceType(text) }
  const plain = text.trim()
  const trimmed = longMarks.test(plain) ? plain : plain.normalize('NFC')
  const id = /^https?:\/\//iu.test(trimmed)
    ? normalizeUrl(trimmed)
    : normalizeName(normalizeFile(trimmed))
  return { id, type: resourceType(id) }
}

/** `file:/srv/a` of `file:///srv/a` and `file://localhost/srv/a` (RFC 8089), without escapes; another host's file keeps its host. */
function normalizeFile(text: string): string {
  const path = /^file:\/\/(?:localhost)?(\/(?!\/).*)$/isu.exec(text)?.[1]
  if (path === undefined) return text.replace(/^file:(?=\/)/iu, 'file:')
  const decoded = decodePart(path).normalize('NFC')
  // A name that would change if it were read again keeps its escapes.
  const isStable =
    decoded === printable(decoded).trim() && !/[\n\t]/u.test(decoded) && !decoded.startsWith('//')
  return `file:${isStable ? decoded : path}`
}

function normalizeUrl(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // Not a URL after all; kept as it came, so that it can still be found by the same text.
    return text
  }
  const known = githubResource(url) ?? knownResource(url)
  if (known !== undefined) return known
  url.hash = ''
  // A user name or password in a URL is a secret, never part of a name.
  url.username = ''
  url.password = ''
  if (url.search === '') url.pathname = trimEnd(url.pathname, '/')
  return plainEscapes(url.href)
}

/** Unreserved characters as themselves, and the hex of every other escape in upper case: one spelling of one name. */
function plainEscapes(href: string): string {
  return href.replace(/%[0-9a-f]{2}/giu, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return /[\w.~-]/u.test(character) ? character : escape.toUpperCase()
  })
}

function githubResource(url: URL): string | undefined {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart)
  if (url.hostname === 'github.com' || url.hostname === 'www.github.com') return githubPage(parts)
  return url.hostname === 'api.github.com' ? githubEndpoint(parts) : undefined
}

function githubPage([owner, repo, page, ...rest]: readonly string[]): string | undefined {
  const kind = page === undefined ? undefined : githubKinds.get(page)
  if (owner === undefined || repo === undefined || kind === undefined || rest.length === 0)
    return undefined
  // A pull request's or an issue's sub-pages (/files, /commits) are that pull request or issue.
  const tail = kind === 'file' ? rest.join('/') : rest[0]
  return normalizeName(`github:${kind}:${owner}/${repo}/${tail ?? ''}`)
}

/** The artefact that an endpoint of GitHub's API, or one beneath it (/merge, /comments), reads or changes. */
function githubEndpoint([root, owner, repo, page, id]: readonly string[]): string | undefined {
  if (root !== 'repos' || owner === undefined || repo === undefined || id === undefined)
    return undefined
  const isNumber = (page === 'pulls' || page === 'issues') && /^\d{1,20}$/u.test(id)
  // A commit by its hash: a branch's name under the same endpoint is no commit.
  const isCommit = page === 'commits' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(id)
  return isNumber || isCommit ? githubPage([owner, repo, page, id]) : undefined
}

/** The resource of a page or an endpoint of another known system. A name that would change if it were read again is none. */
function knownResource(url: URL): string | undefined {
  const { host } = url
  const rows = knownUrls.filter((row) => row.host.test(host))
  if (rows.length === 0) return undefined
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart)
  const parameter = (name: string): string | undefined => url.searchParams.get(name) ?? undefined
  const page = { host, parts, parameter, fragment: decodePart(url.hash.slice(1)) }
  for (const { read } of rows) {
    const id = read(page)
    if (id === undefined) continue
    const isStable =
      id === normalizeName(printable(id).normalize('NFC').trim()) && !/[\n\t]/u.test(id)
    return isStable ? id : undefined
  }
  return undefined
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function normalizeName(text: string): string {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):([A-Za-z][A-Za-z0-9_-]*):(.+)$/su.exec(text)
  if (match === null) return text
  const [, system = '', kind = '', path = ''] = match
  const lowerSystem = system.toLowerCase()
  if (!caseInsensitiveOwners.has(lowerSystem)) return `${lowerSystem}:${kind.toLowerCase()}:${path}`
  const [owner = '', repo = '', ...rest] = path.split('/')
  const parts = [
    `${lowerSystem}:${kind.toLowerCase()}:${owner.toLowerCase()}`,
    repo.toLowerCase(),
    ...rest,
  ]
  return trimEnd(parts.join('/'), '/')
}

function resourceType(id: string): string {
  const named = /^([a-z][a-z0-9+.-]*):([a-z][a-z0-9_-]*):/u.exec(id)
  if (named !== null) return `${named[1] ?? ''}.${named[2] ?? ''}`
  const scheme = /^([a-z][a-z0-9+.-]*):/u.exec(id)?.[1]
  if (scheme === 'http' || scheme === 'https') return 'url'
  return scheme ?? ''
}
