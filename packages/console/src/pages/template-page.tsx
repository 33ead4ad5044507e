import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { ActTable, htmlOf, Instant, Name, Page, pageUrl, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { ago } from './page-deps.ts'
import type { PageDeps } from './page-deps.ts'

/** Days that the inventory of a template looks back. */
const daysBack = 30

/** Pages of the inventory that are read to find a template, of 200 each. */
const inventoryPagesMax = 10

/** Answers `/template`: an agent as deployed: its instances, its people, its tools, its newest acts. */
export function templatePage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const id = c.req.query('id') ?? ''
    if (id === '') throw new WhodidError('invalid_handle', '"id" expected a template; got none')
    const client = ask.client(c)
    const from = ago(now, daysBack * 86_400_000)
    const query = { template: id, from, limit: '50' }
    const [entry, { actions }] = await Promise.all([
      findEntry(client, id, from),
      answerOf(client.GET('/v1/actions', { params: { query } })),
    ])
    const page = { session: c.get('session'), id, entry, actions }
    return htmlOf(c, <TemplatePage {...page} />)
  }
}

/** The inventory is sorted by ID; it is read page by page up to the template. */
async function findEntry(
  client: ReturnType<PageDeps['ask']['client']>,
  id: string,
  from: string,
): Promise<Schemas['TemplateEntry'] | undefined> {
  let cursor: string | null = null
  for (let page = 0; page < inventoryPagesMax; page += 1) {
    const query: { from: string; limit: string; cursor?: string } = { from, limit: '200' }
    if (cursor !== null) query.cursor = cursor
    const answer: Schemas['TemplatesAnswer'] = await answerOf(
      client.GET('/v1/templates', { params: { query } }),
    )
    const found = answer.templates.find((one) => one.id === id)
    if (found !== undefined || answer.next_cursor === null) return found
    cursor = answer.next_cursor
  }
  return undefined
}

interface TemplateProps {
  readonly session: Session
  readonly id: string
  readonly entry: Schemas['TemplateEntry'] | undefined
  readonly actions: readonly Schemas['ListedAction'][]
}

function TemplatePage({ session, id, entry, actions }: TemplateProps): JSX.Element {
  return (
    <Page title={printableLine(id, 60)} session={session} clue={`template:${id}`}>
      <header class="thing-head">
        <p class="kind">Template</p>
        <h1>
          <Name of={id} />
        </h1>
        <p class="asked">
          <a href={pageUrl('/ask', { of: `template:${id}` })}>Its newest act</a> ·{' '}
          <a href={pageUrl('/acts', { template: id, days: '90' })}>Its acts as a list</a>
        </p>
      </header>
      {entry === undefined ? (
        <p class="absent">No record of the last {daysBack} days names it.</p>
      ) : (
        <TemplateFacts entry={entry} />
      )}
      <section class="panel">
        <h2>Newest acts</h2>
        {actions.length === 0 ? (
          <p class="absent">No act of the last {daysBack} days.</p>
        ) : (
          <ActTable acts={actions} caption="Newest acts of the template" />
        )}
      </section>
    </Page>
  )
}

function TemplateFacts({ entry }: { entry: Schemas['TemplateEntry'] }): JSX.Element {
  return (
    <section class="panel" aria-label="About the template">
      <dl class="facts">
        <div>
          <dt>Instances</dt>
          <dd>
            <p>
              {entry.instances_total} in {daysBack} days
            </p>
            {entry.instances.slice(0, 8).map(({ id, last_at: lastAt }) => (
              <p class="sub">
                <Thing kind="instance" id={id} max={40} /> <Instant at={lastAt} />
              </p>
            ))}
          </dd>
        </div>
        <Names label="Acts for" kind="delegator" names={entry.delegators} />
        <Names label="Tools" kind="tool" names={entry.tools} />
        <Names label="Credentials" kind="credential" names={entry.credentials} />
        <div>
          <dt>Versions</dt>
          <dd>
            {entry.versions.length === 0 ? (
              <span class="absent">Not on record</span>
            ) : (
              <Name of={entry.versions.join(', ')} max={200} />
            )}
          </dd>
        </div>
        <div>
          <dt>Records</dt>
          <dd>
            <p>{entry.records.toLocaleString('en')}</p>
            {entry.contradicted_records === 0 ? null : (
              <p class="refused">
                {entry.contradicted_records} from a sender that may not speak for it
              </p>
            )}
          </dd>
        </div>
      </dl>
    </section>
  )
}

const namesShown = 8

function Names({
  label,
  kind,
  names,
}: {
  label: string
  kind: 'delegator' | 'tool' | 'credential'
  names: readonly string[]
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {names.length === 0 ? <span class="absent">None on record</span> : null}
        {names.slice(0, namesShown).map((name) => (
          <p>
            <Thing kind={kind} id={name} max={44} />
          </p>
        ))}
        {names.length > namesShown ? (
          <p class="sub">
            {namesShown} of {names.length} shown
          </p>
        ) : null}
      </dd>
    </div>
  )
}
