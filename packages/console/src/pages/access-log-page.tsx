import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import type { PageDeps } from './page-deps.ts'

/** Answers `/access-log`: the newest reads, for an admin. */
export function accessLogPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const session = c.get('session')
    if (session.reader.role !== 'admin') {
      c.status(403)
      return htmlOf(c, <AdminsOnly session={session} />)
    }
    const query = { limit: '200' }
    const { reads } = await answerOf(ask.client(c).GET('/v1/reads', { params: { query } }))
    return htmlOf(c, <AccessLogPage session={session} reads={reads} />)
  }
}

function AdminsOnly({ session }: { session: Session }): JSX.Element {
  return (
    <Page title="Access log" session={session} active="/access-log">
      <h1>Access log</h1>
      <p class="lead">
        The reader {session.reader.name} may not see who read the ledger: that takes the admin
        token. Its own page views are in the log all the same.
      </p>
    </Page>
  )
}

interface Read {
  readonly read_at: string
  readonly reader: string
  readonly role: string
  readonly route: string
  readonly question: string
  readonly case_id: string | null
  readonly remote_address: string | null
}

function AccessLogPage({
  session,
  reads,
}: {
  session: Session
  reads: readonly Read[]
}): JSX.Element {
  return (
    <Page title="Access log" session={session} active="/access-log">
      <h1>Access log</h1>
      <p class="lead">Who read the ledger, the newest {reads.length} reads.</p>
      <table class="reads">
        <caption class="unseen">Reads, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Reader</th>
            <th scope="col">Asked</th>
            <th scope="col">Case</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {reads.map((read) => (
            <tr>
              <td class="when">
                <Instant at={read.read_at} />
              </td>
              <td class="by">
                <Name of={read.reader} max={60} /> <span class="note">{read.role}</span>
              </td>
              <td class="act">
                <Name of={read.route} max={120} />{' '}
                <code>{<Name of={read.question} max={300} />}</code>
              </td>
              <td>{read.case_id === null ? '' : <Name of={read.case_id} max={60} />}</td>
              <td>{read.remote_address ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  )
}
