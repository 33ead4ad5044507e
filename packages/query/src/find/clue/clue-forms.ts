import { normalizeResource } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import { attribute, fragment, named } from './clue-reading.ts'
import type { ClueForm, Lookup } from './clue-reading.ts'

/** The kinds of a name that stands alone. */
const nameKinds: readonly HandleKind[] = [
  'template',
  'tool',
  'delegator',
  'instance',
  'action',
  'correlation',
  'session',
  'conversation',
  'credential',
]
/** The kinds of an ID that a system made up. */
const idKinds: readonly HandleKind[] = [
  'instance',
  'action',
  'correlation',
  'session',
  'conversation',
]

const sha = (name: string): string => `sha256:${name.toLowerCase()}`

/** A resource by its name and, where a URL has another canonical form, by the URL as records of before have it; and what is below it. */
function resource(text: string): Lookup[] {
  const id = normalizeResource(text).id
  const names = [...new Set([id, text.replace(/[#?].*$/su, ''), text])]
  return [
    ...names.flatMap((name) => named(name, 'resource')),
    { by: 'resources', prefix: text.endsWith('/') && !id.endsWith('/') ? `${id}/` : id },
  ]
}

const below = (...prefixes: readonly string[]): Lookup[] =>
  prefixes.map((prefix) => ({ by: 'resources', prefix }))

/**
 * The forms of clues, the most specific first; a clue may have several. Each pattern is linear on a clue of bounded length: no two
 * neighbouring repetitions take the same character.
 */
export const clueForms: readonly ClueForm[] = [
  {
    form: 'trace',
    text: 'a trace ID',
    pattern: /^[0-9a-f]{32}$/iu,
    read: (clue) => [
      ...named(clue.toLowerCase(), 'trace', 'action', 'instance', 'correlation'),
      ...named(sha(clue), 'credential'),
    ],
  },
  {
    form: 'span',
    text: 'a span ID with its trace',
    pattern: /^(?:[0-9a-f]{2}-)?([0-9a-f]{32})[-:/. ]([0-9a-f]{16})(?:-[0-9a-f]{2})?$/iu,
    read: (_clue, [trace = '', span = '']) => named(`${trace}-${span}`.toLowerCase(), 'span'),
  },
  {
    form: 'span_id',
    text: 'a span ID without its trace',
    pattern: /^[0-9a-f]{16}$/iu,
    read: (clue) => [fragment(clue.toLowerCase()), attribute(clue.toLowerCase())],
  },
  {
    form: 'hash',
    text: 'a hash: of a prompt, a credential, a plan or a file',
    pattern: /^(?:sha256:)?([0-9a-f]{64}|[0-9a-f]{32})$/iu,
    read: (_clue, [digits = '']) => [
      ...named(sha(digits), 'prompt', 'credential'),
      fragment(digits.toLowerCase()),
      attribute(digits.toLowerCase()),
    ],
  },
  {
    form: 'commit',
    text: 'a commit of git, whole or abbreviated',
    pattern: /^(?=.*\d)[0-9a-f]{7,40}$/iu,
    read: (clue) => [fragment(clue.toLowerCase()), attribute(clue.toLowerCase())],
  },
  {
    form: 'uuid',
    text: 'a UUID: of an instance, an action, a correlation, a session',
    pattern: /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/iu,
    read: (_clue, [id = '']) => [
      ...[...new Set([id, id.toLowerCase()])].flatMap((form) =>
        named(form, ...idKinds, 'credential', 'delegator'),
      ),
      ...named(id.replaceAll('-', '').toLowerCase(), 'trace'),
      fragment(id.toLowerCase()),
    ],
  },
  {
    form: 'id_prefix',
    text: 'the beginning of an ID or a hash',
    pattern: /^(?:sha256:)?(?=.*\d)([0-9a-f]{4,63}|[0-9a-f]{8}-[0-9a-f-]{0,28})(?:…|\.\.\.)?$/iu,
    read: (_clue, [digits = '']) => [fragment(digits.toLowerCase())],
  },
  {
    form: 'email',
    text: 'an e-mail address',
    pattern: /^<?(?:mailto:)?([^\s@<>:/]+@[^\s@<>:/]+\.[^\s@<>:/]+)>?$/iu,
    read: (_clue, [email = '']) => [
      ...[...new Set([email, email.toLowerCase()])].flatMap((form) => named(form, 'delegator')),
      fragment(email),
      { by: 'subject', name: email },
    ],
  },
  {
    form: 'arn',
    text: 'an ARN of AWS',
    pattern: /^arn:aws[a-z-]*:([a-z0-9-]*):[a-z0-9-]*:\d*:(.+)$/iu,
    read: (clue, [service = '', name = '']) => [
      ...resource(clue),
      ...(service === 's3' ? resource(`s3://${name}`) : []),
      ...named(clue, 'delegator', 'credential'),
      attribute(clue),
    ],
  },
  {
    form: 'ip',
    text: 'an IP address',
    pattern:
      /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?)(?:\/\d{1,3})?$/iu,
    read: (clue) => {
      const address = clue.replace(/\/\d{1,3}$/u, '')
      return [
        fragment(address),
        attribute(address),
        ...below(`http://${address}`, `https://${address}`),
      ]
    },
  },
  {
    form: 'repository_number',
    text: 'a pull request, a merge request or an issue of a repository',
    pattern: /^([\w.-]+(?:\/[\w.-]+){1,8})([#!])(\d{1,20})$/u,
    read: (_clue, [repo = '', mark = '', number = '']) => [
      ...(mark === '!' || repo.split('/').length > 2
        ? []
        : [
            ...resource(`github:pull:${repo}/${number}`),
            ...resource(`github:issue:${repo}/${number}`),
          ]),
      ...resource(`gitlab:merge_request:${repo}/${number}`),
      ...resource(`gitlab:issue:${repo}/${number}`),
      fragment(`${repo}/${number}`),
    ],
  },
  {
    form: 'number',
    text: 'the number of a pull request or an issue',
    pattern: /^(?:PR|MR|issue|pull(?: request)?)?\s?[#!]?(\d{1,10})$/iu,
    read: (_clue, [number = '']) => [fragment(`/${number}`)],
  },
  {
    form: 'jira_key',
    text: 'a ticket of Jira',
    pattern: /^[A-Z][A-Z0-9_]{1,30}-\d{1,12}$/iu,
    read: (clue) => [
      ...named(`jira:issue:${clue.toUpperCase()}`, 'resource'),
      fragment(clue),
      attribute(clue.toUpperCase()),
      { by: 'text', words: [clue] },
    ],
  },
  {
    form: 'url',
    text: 'a URL',
    pattern: /^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/iu,
    read: (clue) => [...resource(clue), fragment(withoutScheme(clue)), attribute(clue)],
  },
  {
    form: 'url_without_scheme',
    text: 'a URL without its scheme',
    pattern: /^(?:[\w-]+\.)+[a-z]{2,20}(?::\d{1,5})?\/\S*$/iu,
    read: (clue) => [
      ...resource(`https://${clue}`),
      ...resource(`http://${clue}`),
      fragment(withoutScheme(clue)),
    ],
  },
  {
    form: 'image',
    text: 'an image of a container',
    pattern: /^(?:[\w.-]+(?::\d{1,5})?\/)+[\w.-]+(?::[\w.-]+|@sha256:[0-9a-f]{64})$/iu,
    read: (clue) => {
      const host = clue.slice(0, clue.indexOf('/'))
      const whole = /[.:]/u.test(host) ? clue : `docker.io/${clue}`
      return [...resource(`oci:image:${whole}`), fragment(clue)]
    },
  },
  {
    form: 'package',
    text: 'a package of npm or PyPI',
    pattern:
      /^(?:pkg:)?(?:(npm|pypi)\/)?((?:@|%40)?[a-z0-9._~-]+(?:\/[a-z0-9._~-]+)?@[0-9][\w.+-]*|@[a-z0-9._~-]+\/[a-z0-9._~-]+)$/iu,
    read: (_clue, [system = '', name = '']) =>
      (system === '' ? ['npm', 'pypi'] : [system]).flatMap((one) =>
        resource(`${one}:package:${name.replace(/^%40/u, '@')}`),
      ),
  },
  {
    form: 'azure_id',
    text: 'an ID of Azure',
    pattern: /^\/?subscriptions\/[^/\s]+(?:\/\S*)?$/iu,
    read: (clue) => resource(`azure:resource:${clue.replace(/^\//u, '').toLowerCase()}`),
  },
  {
    form: 'gcp_name',
    text: 'a full resource name of Google Cloud',
    pattern: /^\/\/([a-z0-9-]+)\.googleapis\.com\/(\S+)$/iu,
    read: (clue, [service = '', name = '']) => [
      ...resource(`gcp:${service}:${name}`),
      ...named(clue, 'resource'),
    ],
  },
  {
    form: 'path',
    text: 'a path of a file',
    pattern: /^(?:~|\.{1,2}|[a-z]:)?[\\/](?!\/)\S*$|^[\w@.-]+(?:\/[\w@.-]+)+\.[a-z0-9]{1,8}$/iu,
    read: (clue) => {
      const path = clue.replace(/^(?:~|\.{1,2})(?=\/)/u, '')
      return [...(path.startsWith('/') ? resource(`file:${path}`) : []), fragment(path)]
    },
  },
  {
    form: 'repository',
    text: 'a repository, or two parts of a name',
    pattern: /^[\w.-]+\/[\w.-]+\/?$/u,
    read: (clue) => {
      const repo = clue.replace(/\/$/u, '')
      const kinds = ['pull', 'issue', 'commit', 'file'].map(
        (kind) => `github:${kind}:${repo.toLowerCase()}/`,
      )
      const rest = [
        `gitlab:merge_request:${repo}/`,
        `k8s:pod:${repo}`,
        `db:table:${repo}`,
        `db:row:${repo}/`,
      ]
      return [...below(...kinds, ...rest), fragment(repo)]
    },
  },
  {
    form: 'table',
    text: 'a table of a database, or a row of it',
    pattern: /^"?([a-z_]\w{0,62})"?\."?([a-z_]\w{0,62})"?(?:[/#]([\w-]{1,64}))?$/iu,
    read: (_clue, [schema = '', table = '', row]) =>
      row === undefined
        ? [
            ...named(`db:table:${schema}/${table}`, 'resource'),
            ...below(`db:row:${schema}/${table}/`),
          ]
        : named(`db:row:${schema}/${table}/${row}`, 'resource'),
  },
  {
    form: 'host',
    text: 'a host',
    pattern: /^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]{1,20}(?::\d{1,5})?$/iu,
    read: (clue) => [
      ...below(`https://${clue.toLowerCase()}`, `http://${clue.toLowerCase()}`),
      fragment(clue),
      attribute(clue),
    ],
  },
  {
    form: 'resource',
    text: 'a resource, and everything below it',
    pattern: /^[a-z][a-z0-9+.-]*:(?!\/\/)\S.*$/isu,
    read: (clue) => resource(clue),
  },
  {
    form: 'name',
    text: 'a name: of a person, an agent, a tool, a credential',
    pattern: /^@?([^\s/][^\s]*)$/u,
    read: (clue, [name = '']) => [
      ...named(clue, ...nameKinds),
      ...(name === clue ? [] : named(name, 'delegator')),
      ...(name.length < 2 || name.includes(':') ? [] : [{ by: 'people', prefix: name } as const]),
      fragment(name),
      { by: 'subject', name },
    ],
  },
]

function withoutScheme(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]{1,20}:\/\//iu, '').replace(/[?#].*$/su, '')
}
