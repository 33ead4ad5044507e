/** A page or an endpoint of a known system, and the resource that it is about. */
export interface KnownUrl {
  readonly system: string
  /** Hosts, in lower case; a system that anybody may host is known by its paths. */
  readonly host: RegExp
  /** The path of the resource's name, from decoded segments; undefined for a page about no single thing. */
  readonly read: (page: UrlPage) => string | undefined
}

/** A URL as the rows of the table see it. */
export interface UrlPage {
  readonly host: string
  /** Decoded segments of the path, none of them empty. */
  readonly parts: readonly string[]
  /** A parameter of the query. */
  readonly parameter: (name: string) => string | undefined
  /** The fragment, without its `#`. */
  readonly fragment: string
}

const anyHost = /./u

/** Tried in order. Each function is linear in the length of the URL. */
export const knownUrls: readonly KnownUrl[] = [
  { system: 'github', host: /^raw\.githubusercontent\.com$/u, read: readRawGithub },
  { system: 'gitlab', host: anyHost, read: readGitlab },
  { system: 'jira', host: /^[a-z0-9-]+\.atlassian\.net$/u, read: readJira },
  { system: 'slack', host: /^(?:[a-z0-9-]+\.)?slack\.com$/u, read: readSlack },
  { system: 'kubernetes', host: anyHost, read: readKubernetes },
  { system: 's3', host: /\.amazonaws\.com$/u, read: readS3 },
  { system: 's3', host: /^(?:[a-z0-9-]+\.)?console\.aws\.amazon\.com$/u, read: readS3Console },
  {
    system: 'gcs',
    host: /^(?:[a-z0-9._-]+\.)?storage\.(?:googleapis|cloud\.google)\.com$/u,
    read: readGcs,
  },
  { system: 'gcp', host: /^[a-z0-9-]+\.googleapis\.com$/u, read: readGcp },
  { system: 'azure', host: /^(?:management|portal)\.azure\.com$/u, read: readAzure },
  { system: 'azure', host: /^[a-z0-9]+\.blob\.core\.windows\.net$/u, read: readAzureBlob },
  { system: 'npm', host: /^(?:www\.npmjs\.com|npmjs\.com|registry\.npmjs\.org)$/u, read: readNpm },
  { system: 'pypi', host: /^pypi\.org$/u, read: readPypi },
  { system: 'oci', host: /^hub\.docker\.com$/u, read: readDockerHub },
  { system: 'oci', host: anyHost, read: readRegistry },
]

function readRawGithub({ parts }: UrlPage): string | undefined {
  const [owner, repo, ...rest] = parts
  if (owner === undefined || repo === undefined || rest.length < 2) return undefined
  return `github:file:${owner.toLowerCase()}/${repo.toLowerCase()}/${rest.join('/')}`
}

const gitlabKinds: ReadonlyMap<string, string> = new Map([
  ['merge_requests', 'merge_request'],
  ['issues', 'issue'],
  ['work_items', 'issue'],
  ['commit', 'commit'],
  ['commits', 'commit'],
  ['blob', 'file'],
  ['pipelines', 'pipeline'],
  ['jobs', 'job'],
])

/** Pages have `/-/` behind the project, wherever GitLab is hosted; the API has the whole project in one segment. */
function readGitlab({ host, parts }: UrlPage): string | undefined {
  const [root, version, projects, project = ''] = parts
  const isApi = root === 'api' && version === 'v4' && projects === 'projects'
  const at = isApi ? 3 : parts.indexOf('-')
  const owner = isApi ? project : parts.slice(0, Math.max(at, 0)).join('/')
  if (!owner.includes('/')) return undefined
  const named = gitlabName(parts.slice(at + 1).filter((part) => !isApi || part !== 'repository'))
  // A project of the same name on another host is another project.
  const where = host === 'gitlab.com' ? '' : `${host}/`
  return named === undefined ? undefined : `gitlab:${named.kind}:${where}${owner}/${named.tail}`
}

function gitlabName([page = '', ...rest]: readonly string[]):
  { readonly kind: string; readonly tail: string } | undefined {
  const kind = gitlabKinds.get(page)
  const [first] = rest
  if (kind === undefined || first === undefined) return undefined
  if (kind === 'file') return { kind, tail: rest.join('/') }
  const form = kind === 'commit' ? /^[0-9a-f]{7,64}$/u : /^\d{1,20}$/u
  return form.test(first) ? { kind, tail: first } : undefined
}

function readJira({ host, parts, parameter }: UrlPage): string | undefined {
  const isIssue = parts[0] === 'browse' || (parts[0] === 'rest' && parts[3] === 'issue')
  const named = parts[0] === 'browse' ? parts[1] : parts[4]
  const key = (isIssue ? named : parameter('selectedIssue'))?.toUpperCase()
  if (key === undefined || !/^[A-Z][A-Z0-9_]{1,30}-\d{1,12}$/u.test(key)) return undefined
  return `jira:issue:${host.slice(0, host.indexOf('.'))}/${key}`
}

/** IDs of channels are unique across workspaces, and a page of the app does not name the workspace. */
function readSlack({ parts }: UrlPage): string | undefined {
  const [root, first, second] = parts
  const channel = root === 'archives' ? first : root === 'client' ? second : undefined
  if (channel === undefined || !/^[CDG][A-Z0-9]{6,20}$/u.test(channel)) return undefined
  const [, seconds, micros] = /^p(\d{10})(\d{6})$/u.exec(parts[2] ?? '') ?? []
  if (root === 'archives' && seconds !== undefined && micros !== undefined)
    return `slack:message:${channel}/${seconds}.${micros}`
  return `slack:channel:${channel}`
}

/** One of a kind for each kind of object: the API's path has the plural. */
function singular(plural: string): string {
  if (plural === 'ingresses') return 'ingress'
  if (plural.endsWith('policies')) return `${plural.slice(0, -3)}y`
  if (plural.endsWith('classes')) return plural.slice(0, -2)
  return plural.endsWith('s') && plural !== 'endpoints' ? plural.slice(0, -1) : plural
}

function readKubernetes({ host, parts }: UrlPage): string | undefined {
  const [root, first = '', second = ''] = parts
  const version = root === 'api' ? first : root === 'apis' ? second : ''
  const rest = parts.slice(root === 'api' ? 2 : 3)
  if (!/^v\d[a-z0-9]{0,12}$/u.test(version) || rest[0] !== 'namespaces') return undefined
  const [, namespace, plural, name] = rest
  if (namespace === undefined) return undefined
  if (plural === undefined) return `k8s:namespace:${host}/${namespace}`
  if (name === undefined || !/^[a-z]{1,60}$/u.test(plural)) return undefined
  return `k8s:${singular(plural)}:${host}/${namespace}/${name}`
}

/** `<bucket>.s3.<region>.amazonaws.com`, or the bucket in the path. */
function readS3({ host, parts }: UrlPage): string | undefined {
  const labels = host.split('.')
  const at = labels.findLastIndex((label) => label === 's3' || label.startsWith('s3-'))
  if (at < 0) return undefined
  const bucket = labels.slice(0, at).join('.')
  return objectOf('s3', bucket === '' ? parts : [bucket, ...parts])
}

function readS3Console({ parts, parameter }: UrlPage): string | undefined {
  const [root, page, bucket] = parts
  if (root !== 's3' || bucket === undefined || (page !== 'object' && page !== 'buckets'))
    return undefined
  const key = parameter('prefix')
  return objectOf('s3', [bucket, ...(key === undefined || page !== 'object' ? [] : [key])])
}

function readGcs({ host, parts }: UrlPage): string | undefined {
  const bucket = /^(.+)\.storage\.googleapis\.com$/u.exec(host)?.[1]
  if (bucket !== undefined) return objectOf('gs', [bucket, ...parts])
  const at = parts.indexOf('storage') < 0 ? -1 : parts.indexOf('b')
  if (at < 0) return objectOf('gs', parts)
  const [name = '', object, ...key] = parts.slice(at + 1)
  return objectOf('gs', object === 'o' ? [name, ...key] : [name])
}

function objectOf(scheme: string, [bucket, ...key]: readonly string[]): string | undefined {
  if (bucket === undefined || !/^[a-z0-9][a-z0-9._-]{1,221}$/u.test(bucket)) return undefined
  return `${scheme}://${[bucket, ...key].join('/')}`
}

function readGcp({ host, parts }: UrlPage): string | undefined {
  const at = parts.indexOf('projects')
  if (at < 0 || parts.length < at + 4) return undefined
  return `gcp:${host.slice(0, host.indexOf('.'))}:${parts.slice(at).join('/')}`
}

/** Names of Azure do not distinguish case. The portal has the name in the fragment. */
function readAzure({ parts, fragment }: UrlPage): string | undefined {
  const path = parts[0]?.toLowerCase() === 'subscriptions' ? parts : fragment.split('/')
  const at = path.findIndex((part) => part.toLowerCase() === 'subscriptions')
  const named = at < 0 ? [] : path.slice(at)
  return named.length < 2 ? undefined : `azure:resource:${named.join('/').toLowerCase()}`
}

function readAzureBlob({ host, parts }: UrlPage): string | undefined {
  if (parts.length === 0) return undefined
  return `azure:blob:${host.slice(0, host.indexOf('.'))}/${parts.join('/')}`
}

function readNpm({ host, parts }: UrlPage): string | undefined {
  const isPage = host.endsWith('npmjs.com')
  if (isPage && parts[0] !== 'package') return undefined
  // A scope and its package may be one segment or two.
  const path = parts.slice(isPage ? 1 : 0).flatMap((part) => part.split('/'))
  const size = path[0]?.startsWith('@') === true ? 2 : 1
  const name = path.slice(0, size).join('/').toLowerCase()
  const [next, after] = path.slice(size)
  if (!/^(?:@[a-z0-9._~-]+\/)?[a-z0-9_~][a-z0-9._~-]*$/u.test(name)) return undefined
  const tarball = `${name.slice(name.indexOf('/') + 1)}-`
  const packed = after?.startsWith(tarball) === true ? after.slice(tarball.length) : undefined
  const ofRegistry = packed?.replace('.tgz', '') ?? next
  const version = isPage ? (next === 'v' ? after : undefined) : ofRegistry
  return versioned(`npm:package:${name}`, version)
}

function readPypi({ parts }: UrlPage): string | undefined {
  const [page, name = '', version] = parts
  if (page !== 'project' && page !== 'simple' && page !== 'pypi') return undefined
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name)) return undefined
  // One spelling of the name, as the index itself has it (PEP 503).
  const canonical = name.replaceAll(/[._-]+/gu, '-').toLowerCase()
  return versioned(`pypi:package:${canonical}`, version)
}

function versioned(name: string, version: string | undefined): string {
  return version !== undefined && /^\d[A-Za-z0-9.+_-]*$/u.test(version)
    ? `${name}@${version}`
    : name
}

function readDockerHub({ parts }: UrlPage): string | undefined {
  const [page, first, second] = parts
  if (page === '_' && first !== undefined) return `oci:image:docker.io/library/${first}`
  if (page !== 'r' || first === undefined || second === undefined) return undefined
  return `oci:image:docker.io/${first}/${second}`
}

/** A manifest by the OCI distribution API, on whichever registry. */
function readRegistry({ host, parts }: UrlPage): string | undefined {
  const at = parts.lastIndexOf('manifests')
  const reference = parts[at + 1]
  if (parts[0] !== 'v2' || at < 2 || reference === undefined) return undefined
  const name = `oci:image:${host}/${parts.slice(1, at).join('/')}`
  return reference.startsWith('sha256:') ? `${name}@${reference}` : `${name}:${reference}`
}
