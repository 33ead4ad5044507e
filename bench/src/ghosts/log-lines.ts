import { createHash } from 'node:crypto'
import type { LogName } from './world-act.ts'

/** A person, under the names that systems know. */
export interface Person {
  readonly login: string
  readonly email: string
}

/** The content of an event, whichever the log. */
export interface Logged {
  readonly id: string
  readonly atMs: number
  /** The number of the thing: a pull request, a commit, a row, an object, a path. */
  readonly thing: number
  readonly person: Person
  readonly token: string
  /** The program's name that the client gives; '' for a browser or a library. */
  readonly program: string
  /** `traceparent` of the call; '' where none reached the system. */
  readonly traceparent: string
  /** The agent that the system itself states; only the code host does. */
  readonly stated: string
}

/** The thing of a number, as the ledger names it in each log, and the verb of the acts on it. */
export function thingOf(log: LogName, thing: number): { resource: string; verb: string } {
  switch (log) {
    case 'github-audit':
      return { resource: `github:pull:acme/app/${thing}`, verb: 'merge' }
    case 'git-log':
      return { resource: `github:commit:acme/app/${hashOf(thing)}`, verb: 'create' }
    case 'postgres':
      return { resource: `db:row:shop/customers/${thing}`, verb: 'delete' }
    case 'cloudtrail':
      return { resource: `s3://acme-files/${thing}`, verb: 'delete' }
    case 'access-log':
      return { resource: `https://api.acme.example/orders/${thing}`, verb: 'delete' }
  }
}

/** Writes the line of an event as its system writes it. */
export function lineOf(log: LogName, logged: Logged): string {
  const { id, atMs, thing, person, token, program, traceparent, stated } = logged
  const time = new Date(atMs).toISOString()
  const userAgent = program === '' ? 'Mozilla/5.0' : `${program}/2.1`
  switch (log) {
    case 'github-audit':
      return JSON.stringify({
        '@timestamp': atMs,
        _document_id: id,
        action: 'pull_request.merge',
        actor: stated === '' ? person.login : 'copilot[bot]',
        ...(stated === ''
          ? {}
          : { actor_is_agent: true, agent_session_id: stated, user: person.login }),
        user_agent: userAgent,
        hashed_token: createHash('sha256').update(token).digest('base64'),
        pull_request_url: `https://github.com/acme/app/pull/${thing}`,
      })
    case 'git-log':
      return JSON.stringify({
        commit: hashOf(thing),
        author: `${person.login} <${person.email}>`,
        date: time,
        message: [
          'Tidy up',
          [
            ...(program === '' ? [] : [`Co-authored-by: ${program} <noreply@example.com>`]),
            ...(traceparent === '' ? [] : [`Traceparent: ${traceparent}`]),
          ].join('\n'),
        ].join('\n\n'),
        repository: 'acme/app',
      })
    case 'postgres':
      return `${time.replace('T', ' ').replace('Z', ' UTC')} [${id.replaceAll(/\D/gu, '')}] ${person.login}@shop ${program === '' ? '' : `${program} `}LOG:  duration: 0.4 ms  statement: DELETE FROM customers WHERE id = ${thing}${traceparent === '' ? '' : ` /*traceparent='${traceparent}'*/`}`
    case 'cloudtrail':
      return JSON.stringify({
        eventID: id,
        eventTime: time,
        eventSource: 's3.amazonaws.com',
        eventName: 'DeleteObject',
        userAgent,
        requestParameters: { bucketName: 'acme-files', key: String(thing) },
        userIdentity: { type: 'IAMUser', userName: person.login, accessKeyId: token },
      })
    case 'access-log':
      return JSON.stringify({
        time,
        method: 'DELETE',
        path: `/orders/${thing}`,
        host: 'api.acme.example',
        status: 200,
        remote_user: person.email,
        http_user_agent: userAgent,
        traceparent,
        request_id: id,
      })
  }
}

function hashOf(thing: number): string {
  return createHash('sha1').update(String(thing)).digest('hex')
}
