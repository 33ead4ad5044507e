import type { Schemas } from '@whodid/client'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { ActTable, htmlOf, Page, pageUrl } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { ago } from './page-deps.ts'
import type { PageDeps } from './page-deps.ts'

const textFilters = ['resource', 'template', 'instance', 'delegator', 'tool', 'verb'] as const
const verdicts = ['agent', 'human', 'service', 'undetermined'] as const
const outcomes = ['success', 'failure', 'denied', 'unknown'] as const
const days = ['1', '7', '30', '90'] as const

type Filters = Readonly<Partial<Record<string, string>>>

/** Answers `/acts`: a page of acts that fit the filters, newest first. */
export function actsPage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const filters = readFilters(c)
    const { days: back = '1', cursor, verdict, outcome, ...texts } = filters
    // A cursor belongs to the filters it was made with, the start of the time among them.
    const from = filters['from'] ?? ago(now, Number(back) * 86_400_000)
    const query = { ...texts, ...chosen({ verdict, outcome, cursor }), from, limit: '100' }
    const answer = await answerOf(ask.client(c).GET('/v1/actions', { params: { query } }))
    const page = { filters: { ...filters, from }, answer, session: c.get('session') }
    return htmlOf(c, <ActsPage {...page} />)
  }
}

/** The values that are given, empty ones aside. */
function chosen(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value]],
    ),
  )
}

function readFilters(c: Context<PageEnv>): Filters {
  const names = [...textFilters, 'verdict', 'outcome', 'from', 'to', 'cursor']
  const given = Object.fromEntries(names.map((name) => [name, c.req.query(name)?.trim()]))
  return chosen({ ...given, days: days.find((one) => one === c.req.query('days')) })
}

interface ActsProps {
  readonly session: Session
  readonly filters: Filters
  readonly answer: Schemas['ActionsAnswer']
}

function ActsPage({ session, filters, answer }: ActsProps): JSX.Element {
  const { actions, next_cursor: next } = answer
  return (
    <Page title="Acts" session={session} active="/acts">
      <h1>Acts</h1>
      <FilterForm filters={filters} />
      {actions.length === 0 ? (
        <p class="absent">No act on record fits.</p>
      ) : (
        <ActTable acts={actions} caption="Acts, newest first" />
      )}
      {next === null ? null : (
        <p class="more">
          <a href={pageUrl('/acts', { ...filters, cursor: next })}>Older acts</a>
        </p>
      )}
    </Page>
  )
}

function FilterForm({ filters }: { filters: Filters }): JSX.Element {
  return (
    <form class="filters" method="get" action="/acts">
      {textFilters.map((name) => (
        <label>
          {name}
          <input name={name} value={filters[name] ?? ''} maxlength={4096} autocomplete="off" />
        </label>
      ))}
      <Choice name="verdict" values={verdicts} chosen={filters['verdict']} />
      <Choice name="outcome" values={outcomes} chosen={filters['outcome']} />
      <label>
        days back
        <select name="days">
          {days.map((one) => (
            <option value={one} selected={one === filters['days']}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Filter</button>
    </form>
  )
}

/** A choice of one value, or of any. */
function Choice({
  name,
  values,
  chosen: value,
}: {
  name: string
  values: readonly string[]
  chosen: string | undefined
}): JSX.Element {
  return (
    <label>
      {name}
      <select name={name}>
        <option value="">any</option>
        {values.map((one) => (
          <option value={one} selected={one === value}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
}
