import { describeGhost } from '@whodid/client'
import type { Schemas } from '@whodid/client'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { durationText, htmlOf, Instant, Name, Page, pageUrl, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { ago } from './page-deps.ts'
import type { PageDeps } from './page-deps.ts'

const days = ['1', '7', '30', '90'] as const
const daysDefault = '7'

type Ghosts = Schemas['Ghosts']
type GhostEvent = Schemas['GhostEvent']
type GhostRecord = Schemas['GhostRecord']

/** Answers `/ghosts`: acts whose actor is not who they seem, by other systems' logs. */
export function ghostsPage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const back = days.find((one) => one === c.req.query('days')) ?? daysDefault
    const from = ago(now, Number(back) * 86_400_000)
    const query = { from, limit: '100' }
    const ghosts = await answerOf(ask.client(c).GET('/v1/ghosts', { params: { query } }))
    return htmlOf(c, <GhostsPage session={c.get('session')} ghosts={ghosts} back={back} />)
  }
}

interface GhostsProps {
  readonly session: Session
  readonly ghosts: Ghosts
  readonly back: string
}

function GhostsPage({ session, ghosts, back }: GhostsProps): JSX.Element {
  const { counts, coverages } = ghosts
  return (
    <Page title="Ghosts" session={session} active="/ghosts">
      <h1>Ghosts</h1>
      <p class="lead">
        Acts whose actor is not who they seem, by the logs of other systems since{' '}
        <Instant at={ghosts.from} />: {counts.events.toLocaleString('en')} imported events,{' '}
        {counts.confirmed} confirmed, {counts.agent_unrecorded} an agent’s without a record,{' '}
        {counts.human} a human’s, {counts.contradicted} contradicted, {counts.undetermined}{' '}
        undetermined.
      </p>
      <DaysForm back={back} />
      {counts.events === 0 ? (
        <p class="absent">
          Nothing was imported of this time. <code>whodid import</code> takes the log of another
          system.
        </p>
      ) : null}
      <Incidents of={ghosts.incidents} />
      <Events title="Under a person’s name, and an agent’s" of={ghosts.borrowed} />
      <Events title="An agent’s, under an account of no person" of={ghosts.agents} />
      <Events title="Log and record differ" of={ghosts.contradicted} />
      <Events title="No record explains" of={ghosts.unexplained} />
      <Events title="Open" of={ghosts.open} />
      <Unconfirmed of={ghosts.unconfirmed} />
      {coverages.length === 0 ? (
        <p class="note">No log declares what it holds: absence from a log says nothing here.</p>
      ) : null}
    </Page>
  )
}

function DaysForm({ back }: { back: string }): JSX.Element {
  return (
    <form class="filters" method="get" action="/ghosts">
      <label>
        days back
        <select name="days">
          {days.map((one) => (
            <option value={one} selected={one === back}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  )
}

function Events({ title, of }: { title: string; of: readonly GhostEvent[] }): JSX.Element | null {
  if (of.length === 0) return null
  return (
    <section class="panel">
      <h2>
        {title} <span class="count">{of.length}</span>
      </h2>
      <table class="reads">
        <caption class="unseen">{title}, oldest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Did</th>
            <th scope="col">Name</th>
            <th scope="col">Agent</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {of.map((event) => (
            <EventRow event={event} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function EventRow({ event }: { event: GhostEvent }): JSX.Element {
  const { person, principal, resource, agent } = event
  return (
    <tr>
      <td class="when">
        <Instant at={event.at} />
      </td>
      <td class="act">
        <Name of={`${event.system} ${event.operation}`} max={80} />{' '}
        {resource === null ? null : <Thing kind="resource" id={resource} max={120} />}
      </td>
      <td class="for">
        {person === null ? (
          <Name of={principal ?? ''} max={60} />
        ) : (
          <Thing kind="delegator" id={person} max={60} />
        )}
      </td>
      <td class="by">{agent === null ? 'none' : <Name of={agent} max={60} />}</td>
      <td>
        <span class="note">{describeGhost(event)}</span>
        <br />
        <a href={pageUrl('/ask', { of: `span:${event.records[0]?.span ?? event.span}` })}>
          {event.records.length === 0 ? 'the event' : 'the record'}
        </a>
      </td>
    </tr>
  )
}

function Unconfirmed({ of }: { of: readonly GhostRecord[] }): JSX.Element | null {
  if (of.length === 0) return null
  return (
    <section class="panel">
      <h2>
        On record, and not in a log that covers it <span class="count">{of.length}</span>
      </h2>
      <table class="reads">
        <caption class="unseen">Acts that a log does not have, oldest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Did</th>
            <th scope="col">For</th>
            <th scope="col">Agent</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ started_at: at, verb, resource, delegator, instance, template }) => (
            <tr>
              <td class="when">
                <Instant at={at} />
              </td>
              <td class="act">
                {verb ?? 'acted'}{' '}
                {resource === null ? null : <Thing kind="resource" id={resource} max={120} />}
              </td>
              <td class="for">
                {delegator === null ? 'none' : <Thing kind="delegator" id={delegator} max={60} />}
              </td>
              <td class="by">
                {instance === null ? (
                  <Name of={template ?? 'none'} max={60} />
                ) : (
                  <Thing kind="instance" id={instance} max={60} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Incidents({ of }: { of: Ghosts['incidents'] }): JSX.Element | null {
  if (of.length === 0) return null
  return (
    <section class="panel">
      <h2>
        Incidents <span class="count">{of.length}</span>
      </h2>
      <table class="reads">
        <caption class="unseen">Incidents</caption>
        <thead>
          <tr>
            <th scope="col">First act</th>
            <th scope="col">Agent</th>
            <th scope="col">Name</th>
            <th scope="col" class="num">
              Acts
            </th>
            <th scope="col">Unknown for</th>
          </tr>
        </thead>
        <tbody>
          {of.map((incident) => (
            <tr>
              <td class="when">
                <Instant at={incident.first_at} />
              </td>
              <td class="act">
                <Name of={incident.agent} max={80} /> <span class="note">in {incident.system}</span>
              </td>
              <td class="for" data-label="name">
                {incident.person === null ? 'none' : <Name of={incident.person} max={60} />}
              </td>
              <td class="num" data-label="acts">
                {incident.acts}
              </td>
              <td data-label="unknown for">{durationText(incident.dwell_seconds * 1_000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
