import { WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { FormToken, htmlOf, Instant, Name, Page } from '../parts/index.ts'
import { readSessionForm } from '../session/index.ts'
import type { OpenSession, PageEnv, Session, Sessions } from '../session/index.ts'

/** Sessions that the page lists at most. */
const sessionsShown = 200

/** Answers `/sessions`: who is signed in to the reader's tenant, for an admin. */
export function sessionsPage(sessions: Sessions) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const session = c.get('session')
    checkAdmin(session)
    const open = sessions.list().filter(({ reader }) => reader.tenant === session.reader.tenant)
    return htmlOf(c, <SessionsPage session={session} open={open} />)
  }
}

/** Answers `POST /sessions`: ends one session of the reader's tenant. */
export function endSession(sessions: Sessions) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const session = c.get('session')
    checkAdmin(session)
    const form = await readSessionForm(c)
    // One that is over already is what was asked for.
    sessions.endNamed(form.get('name') ?? '', session.reader.tenant)
    return c.redirect('/sessions', 303)
  }
}

function checkAdmin({ reader }: Session): void {
  if (reader.role === 'admin') return
  throw new WhodidError(
    'forbidden',
    `the reader ${reader.name} has the role "${reader.role}"; the sessions are for "admin"`,
  )
}

function SessionsPage({
  session,
  open,
}: {
  session: Session
  open: readonly OpenSession[]
}): JSX.Element {
  return (
    <Page title="Sessions" session={session}>
      <h1>Sessions</h1>
      <p class="lead">
        Who is signed in to the tenant <Name of={session.reader.tenant} max={80} />: {open.length}.
      </p>
      <table class="reads">
        <caption class="unseen">Sessions, the one that was used last first</caption>
        <thead>
          <tr>
            <th scope="col">Reader</th>
            <th scope="col">By</th>
            <th scope="col">Since</th>
            <th scope="col">Last used</th>
            <th scope="col">End it</th>
          </tr>
        </thead>
        <tbody>
          {open.slice(0, sessionsShown).map(({ name, reader, isProvided, startedAt, usedAt }) => (
            <tr>
              <td class="by">
                <Name of={reader.name} max={120} /> <span class="note">{reader.role}</span>
              </td>
              <td>{isProvided ? 'identity provider' : 'token'}</td>
              <td class="when">
                <Instant at={new Date(startedAt).toISOString()} />
              </td>
              <td class="when">
                <Instant at={new Date(usedAt).toISOString()} />
              </td>
              <td>
                <form method="post" action="/sessions">
                  <FormToken session={session} />
                  <input type="hidden" name="name" value={name} />
                  <button type="submit">End</button>
                </form>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  )
}
