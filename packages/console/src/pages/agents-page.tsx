import type { Schemas } from '@whodid/client'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page, pageUrl, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { ago } from './page-deps.ts'
import type { PageDeps } from './page-deps.ts'

/** Days that the inventory looks back. */
const daysBack = 7

/** Answers `/agents`: the templates at work in the last days. */
export function agentsPage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const from = c.req.query('from') ?? ago(now, daysBack * 86_400_000)
    const cursor = c.req.query('cursor')
    const query = { from, limit: '100', ...(cursor === undefined ? {} : { cursor }) }
    const answer = await answerOf(ask.client(c).GET('/v1/templates', { params: { query } }))
    return htmlOf(c, <AgentsPage session={c.get('session')} answer={answer} from={from} />)
  }
}

interface AgentsProps {
  readonly session: Session
  readonly answer: Schemas['TemplatesAnswer']
  readonly from: string
}

function AgentsPage({ session, answer, from }: AgentsProps): JSX.Element {
  const { templates, next_cursor: next } = answer
  return (
    <Page title="Agents" session={session} active="/agents">
      <h1>Agents</h1>
      <p class="lead">
        Templates with a record since <Instant at={from} />.
      </p>
      {templates.length === 0 ? <p class="absent">No agent is on record in that time.</p> : null}
      <table class="inventory">
        <caption class="unseen">Templates</caption>
        <thead>
          <tr>
            <th scope="col">Template</th>
            <th scope="col">Acts for</th>
            <th scope="col" class="num">
              Instances
            </th>
            <th scope="col" class="num">
              Records
            </th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {templates.map((entry) => (
            <tr>
              <td class="act">
                <strong>
                  <Thing kind="template" id={entry.id} />
                </strong>{' '}
                <span class="note">
                  <Name of={entry.tools.slice(0, 6).join(', ')} max={120} />
                </span>
              </td>
              <td class="for">
                {entry.delegators.slice(0, 3).map((id) => (
                  <>
                    <Thing kind="delegator" id={id} max={40} />{' '}
                  </>
                ))}
                {entry.delegators.length > 3 ? `and ${entry.delegators.length - 3} more` : ''}
              </td>
              <td class="num" data-label="instances">
                {entry.instances_total}
              </td>
              <td class="num" data-label="records">
                {entry.records.toLocaleString('en')}
              </td>
              <td class="when" data-label="last seen">
                <Instant at={entry.last_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {next === null ? null : (
        <p class="more">
          <a href={pageUrl('/agents', { from, cursor: next })}>More templates</a>
        </p>
      )}
    </Page>
  )
}
