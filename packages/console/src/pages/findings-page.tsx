import type { Schemas } from '@whodid/client'
import { findingStates } from '@whodid/model/answers'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page, pageUrl } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import type { PageDeps } from './page-deps.ts'

type Finding = Schemas['Finding']
type State = Finding['state']

/** Answers `/findings`: what the detections found, the one found last first. */
export function findingsPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const state = findingStates.find((one) => one === c.req.query('state')) ?? 'open'
    const query = { state, limit: '100' }
    const answer = await answerOf(ask.client(c).GET('/v1/findings', { params: { query } }))
    return htmlOf(c, <FindingsPage session={c.get('session')} answer={answer} state={state} />)
  }
}

interface FindingsProps {
  readonly session: Session
  readonly answer: Schemas['FindingsAnswer']
  readonly state: State
}

function FindingsPage({ session, answer, state }: FindingsProps): JSX.Element {
  const { findings, more } = answer
  return (
    <Page title="Findings" session={session} active="/findings">
      <h1>Findings</h1>
      <p class="lead">
        What the detections found, one finding for each rule and subject, the one found last first.
      </p>
      <StateForm state={state} />
      {findings.length === 0 ? <p class="absent">No finding is {state}.</p> : null}
      {findings.length === 0 ? null : <FindingsTable findings={findings} />}
      {more ? (
        <p class="note">
          There are more: <code>whodid findings</code> narrows them by rule, subject and severity.
        </p>
      ) : null}
    </Page>
  )
}

function FindingsTable({ findings }: { findings: readonly Finding[] }): JSX.Element {
  return (
    <table class="inventory">
      <caption class="unseen">Findings</caption>
      <thead>
        <tr>
          <th scope="col">Found</th>
          <th scope="col">Finding</th>
          <th scope="col">Subject</th>
          <th scope="col">Severity</th>
          <th scope="col" class="num">
            Hits
          </th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding) => (
          <FindingRow finding={finding} />
        ))}
      </tbody>
    </table>
  )
}

function FindingRow({ finding }: { finding: Finding }): JSX.Element {
  const { id, rule, severity, subject, text, hits, last_found_at: at } = finding
  return (
    <tr>
      <td class="when">
        <Instant at={at} />
      </td>
      <td class="act">
        <a href={pageUrl('/finding', { id })}>
          <Name of={text} max={200} />
        </a>{' '}
        <span class="note">{rule}</span>
      </td>
      <td class="for">
        <a class="thing" href={pageUrl('/find', { q: subject })}>
          <Name of={subject} max={60} />
        </a>
      </td>
      <td>{severity}</td>
      <td class="num" data-label="hits">
        {hits.toLocaleString('en')}
      </td>
    </tr>
  )
}

function StateForm({ state }: { state: State }): JSX.Element {
  return (
    <form class="filters" method="get" action="/findings">
      <label>
        state
        <select name="state">
          {findingStates.map((one) => (
            <option value={one} selected={one === state}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  )
}
