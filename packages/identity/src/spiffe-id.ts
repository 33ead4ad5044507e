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

/** Segments of an instance's name: `<run>/<agent>` has two. */
const instanceSegmentsMax = 8

/**
 * Returns `spiffe://<trust domain>/agent/<template>/i/<instance>`: an instance below a run, `<run>/<agent>`, has one segment for each part of
 * its name. Throws {@link RefusedToken} `wrong_subject` where a part holds a character that no SPIFFE ID may: an ID is never changed to fit.
 */
export function instanceSpiffeId({ trustDomain, template, instance }: InstanceName): string {
  const id = `spiffe://${trustDomain}/agent/${template}/i/${instance}`
  const parsed = parseInstanceId(id)
  // A slash in a template would make more segments, and so another instance.
  if (parsed.template !== template || parsed.instance !== instance)
    throw new RefusedToken('wrong_subject', 'a template holds a slash')
  return id
}

/** Parses the SPIFFE ID of an instance. Throws {@link RefusedToken} `wrong_subject` for any other. */
export function parseInstanceId(text: string): InstanceName {
  const { trustDomain, path } = parseSpiffeId(text)
  const [kind, template, mark, ...segments] = path
  if (
    kind !== 'agent' ||
    mark !== 'i' ||
    template === undefined ||
    segments.length === 0 ||
    segments.length > instanceSegmentsMax
  )
    throw new RefusedToken(
      'wrong_subject',
      'expected spiffe://<domain>/agent/<template>/i/<instance>',
    )
  return { trustDomain, template, instance: segments.join('/') }
}
