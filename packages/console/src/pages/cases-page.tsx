import type { Schemas } from '@whodid/client'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page, pageUrl } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import type { PageDeps } from './page-deps.ts'

/** Cases that the page lists at most. */
const casesShown = 200

/** Answers `/cases`: the notebooks, the one written to last first. */
export function casesPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const query = { limit: String(casesShown) }
    const { cases } = await answerOf(ask.client(c).GET('/v1/cases', { params: { query } }))
    return htmlOf(c, <CasesPage session={c.get('session')} cases={cases} />)
  }
}

function CasesPage({
  session,
  cases,
}: {
  session: Session
  cases: Schemas['CasesAnswer']['cases']
}): JSX.Element {
  return (
    <Page title="Cases" session={session} active="/cases">
      <h1>Cases</h1>
      <p class="lead">
        A case is a notebook: notes, pinned answers and questions, in the order in which they were
        written. Nothing in it is changed or removed.
      </p>
      <form class="filters" method="get" action="/case">
        <label>
          Open a case
          <input name="id" required maxlength={200} pattern="[!-~]([ -~]*[!-~])?" />
        </label>
        <button type="submit">Open</button>
      </form>
      {cases.length === 0 ? <p class="absent">No case has an entry yet.</p> : null}
      {cases.length === 0 ? null : (
        <table class="cases">
          <caption class="unseen">Cases, the one written to last first</caption>
          <thead>
            <tr>
              <th scope="col">Case</th>
              <th scope="col" class="num">
                Entries
              </th>
              <th scope="col">By</th>
              <th scope="col">First</th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {cases.map((one) => (
              <tr>
                <td class="act">
                  <a href={pageUrl('/case', { id: one.case_id })}>
                    <Name of={one.case_id} max={80} />
                  </a>
                </td>
                <td class="num" data-label="entries">
                  {one.entries}
                </td>
                <td class="by" data-label="by">
                  <Name of={one.authors.join(', ')} max={120} />
                </td>
                <td class="when" data-label="first">
                  <Instant at={one.first_at} />
                </td>
                <td class="when" data-label="last">
                  <Instant at={one.last_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {cases.length < casesShown ? null : (
        <p class="note">Only the newest {casesShown} are listed; the others open by their ID.</p>
      )}
    </Page>
  )
}
