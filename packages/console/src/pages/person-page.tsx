import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { ActTable, htmlOf, Instant, Name, Page, pageUrl, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import type { PageDeps } from './page-deps.ts'

/** Answers `/person`: the acts of a human or service, and those done on its behalf, apart. */
export function personPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const id = c.req.query('id') ?? ''
    if (id === '') throw new WhodidError('invalid_handle', '"id" expected a person; got none')
    const params = { path: { id }, query: { limit: '20' } }
    const answer = await answerOf(ask.client(c).GET('/v1/delegators/{id}', { params }))
    return htmlOf(c, <PersonPage session={c.get('session')} answer={answer} />)
  }
}

type Acts = Schemas['DelegatorAnswer']['direct']

function PersonPage({
  session,
  answer,
}: {
  session: Session
  answer: Schemas['DelegatorAnswer']
}): JSX.Element {
  const { id, direct, delegated } = answer
  return (
    <Page title={printableLine(id, 60)} session={session} clue={`person:${id}`}>
      <header class="thing-head">
        <p class="kind">Person or service</p>
        <h1>
          <Name of={id} />
        </h1>
        <p class="asked">
          <a href={pageUrl('/ask', { of: `delegator:${id}` })}>The newest act</a> ·{' '}
          <a href={pageUrl('/acts', { delegator: id, days: '90' })}>All acts as a list</a>
        </p>
      </header>
      <section class="panel">
        <h2>
          By agents, on its behalf <span class="count">{delegated.acts}</span>
        </h2>
        <Summary acts={delegated} />
        {delegated.agents.length === 0 ? null : (
          <ul class="rows">
            {delegated.agents.slice(0, 20).map(({ template, instance, acts, last_at: lastAt }) => (
              <li>
                <span>
                  {template === null ? (
                    'template left open'
                  ) : (
                    <Thing kind="template" id={template} max={60} />
                  )}{' '}
                  {instance === null ? '' : <Thing kind="instance" id={instance} max={60} />}
                </span>
                <span class="note">
                  {acts} {acts === 1 ? 'act' : 'acts'}, last <Instant at={lastAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
        {delegated.latest.length === 0 ? null : (
          <ActTable acts={delegated.latest} caption="Newest delegated acts" />
        )}
      </section>
      <section class="panel">
        <h2>
          Directly <span class="count">{direct.acts}</span>
        </h2>
        <Summary acts={direct} />
        {direct.latest.length === 0 ? null : (
          <ActTable acts={direct.latest} caption="Newest direct acts" />
        )}
      </section>
    </Page>
  )
}

function Summary({ acts }: { acts: Acts }): JSX.Element {
  if (acts.first_at === null || acts.last_at === null)
    return <p class="absent">No such act is on record.</p>
  return (
    <>
      <p class="sub">
        {acts.verbs
          .slice(0, 12)
          .map(
            ({ verb, outcome, acts: count }) =>
              `${count} ${printableLine(verb, 40)}${outcome === 'success' ? '' : ` (${outcome ?? 'no outcome'})`}`,
          )
          .join(' · ')}{' '}
        on {acts.resources_total} {acts.resources_total === 1 ? 'resource' : 'resources'}, from{' '}
        <Instant at={acts.first_at} /> to <Instant at={acts.last_at} />
      </p>
      {acts.contradicted_acts === 0 ? null : (
        <p class="refused">
          {acts.contradicted_acts} of them came from a sender that may not speak for the actor.
        </p>
      )}
    </>
  )
}
