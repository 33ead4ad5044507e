import { RefusedToken } from './refused-token.ts'

/** A SPIFFE ID, in its parts. */
export interface SpiffeId {
  readonly trustDomain: string
  /** Segments of the path. */
  readonly path: readonly string[]
}

/** The instance that a SPIFFE ID names. */
export interface InstanceName {
  readonly trustDomain: string
  readonly template: string
  readonly instance: string
}

const idLengthMax = 2_048
const trustDomainLengthMax = 255

/**
 * Parses a SPIFFE ID as its specification defines it: no port, user, query, fragment or escape, no empty segment, no `.` or `..`.
 * Throws {@link RefusedToken} `wrong_subject`.
 */
export function parseSpiffeId(text: string): SpiffeId {
  const [, trustDomain = '', rest = ''] =
    /^spiffe:\/\/([a-z0-9._-]+)((?:\/[a-zA-Z0-9._-]+)*)$/u.exec(text.slice(0, idLengthMax + 1)) ?? [
      '',
      '',
      '',
    ]
  const path = rest.split('/').slice(1)
  const isDotted = path.some((segment) => segment === '.' || segment === '..')
  if (
    trustDomain === '' ||
    text.length > idLengthMax ||
    trustDomain.length > trustDomainLengthMax ||
    isDotted
  )
    throw new RefusedToken('wrong_subject', 'expected a SPIFFE ID')
  return { trustDomain, path }
}

/**
 * Returns `spiffe://<trust domain>/agent/<template>/i/<instance>`. Throws {@link RefusedToken} `wrong_subject` where a part holds a
 * character that no SPIFFE ID may: an ID is never changed to fit.
 */
export function instanceSpiffeId({ trustDomain, template, instance }: InstanceName): string {
  const id = `spiffe://${trustDomain}/agent/${template}/i/${instance}`
  const { path } = parseSpiffeId(id)
  // A slash in a part would make more segments, and so another instance.
  if (path.length !== 4)
    throw new RefusedToken('wrong_subject', 'a template or an instance holds a slash')
  return id
}

/** Parses the SPIFFE ID of an instance. Throws {@link RefusedToken} `wrong_subject` for any other. */
export function parseInstanceId(text: string): InstanceName {
  const { trustDomain, path } = parseSpiffeId(text)
  const [kind, template, mark, instance, ...more] = path
  if (
    kind !== 'agent' ||
    mark !== 'i' ||
    template === undefined ||
    instance === undefined ||
    more.length > 0
  )
    throw new RefusedToken(
      'wrong_subject',
      'expected spiffe://<domain>/agent/<template>/i/<instance>',
    )
  return { trustDomain, template, instance }
}
