import { WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Page, visibleText } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { problemError } from '../ask-api.ts'
import { ago } from './page-deps.ts'
import type { PageDeps } from './page-deps.ts'
import { tailRows } from './tail-rows.ts'
import type { LiveRecord } from './tail-rows.ts'

/** Minutes that the page looks back when it is opened. */
const minutesBack = 2

/** Milliseconds that one stream lasts. The page then opens the next, which counts as a use of the session. */
const streamMs = 60_000

const filterNames = ['kind', 'agent', 'verb', 'resource'] as const

/** Records that the page shows at most. */
const liveRowsMax = 200

/** Answers `/live`: the newest records; the page's script adds those that come in. */
export function livePage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const from = ago(now, minutesBack * 60_000)
    const answered = await ask.send(c, `/v1/tail?from=${from}`)
    if (answered.status !== 200) throw problemError(await answered.json())
    const filters = Object.fromEntries(filterNames.map((name) => [name, c.req.query(name) ?? '']))
    const rows = await tailRows(answered, filters, liveRowsMax)
    return htmlOf(
      c,
      <LivePage session={c.get('session')} rows={rows} filters={filters} from={from} />,
    )
  }
}

/** Answers `/live/stream` with the records that come in, for a minute. */
export function liveStream({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const from = c.req.query('from') ?? ''
    if (from === '') throw new WhodidError('invalid_time', '"from" expected an instant; got none')
    const left = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(streamMs)])
    const signal = endOf(c.get('session'), left)
    const path = `/v1/tail?follow=true&from=${encodeURIComponent(from)}`
    const answered = await ask.send(c, path, { signal })
    return new Response(answered.body, { status: answered.status, headers: answered.headers })
  }
}

/** Milliseconds between two looks at the session of a stream. */
const sessionLookMs = 1_000

/** A signal that aborts with another, and when the session is no longer open. */
function endOf(session: Session, left: AbortSignal): AbortSignal {
  const over = new AbortController()
  const look = setInterval(() => {
    if (!session.isOpen()) over.abort()
  }, sessionLookMs)
  look.unref()
  const either = AbortSignal.any([left, over.signal])
  either.addEventListener('abort', () => clearInterval(look), { once: true })
  return either
}

interface LiveProps {
  readonly session: Session
  readonly rows: readonly LiveRecord[]
  readonly filters: Readonly<Record<string, string>>
  readonly from: string
}

function LivePage({ session, rows, filters, from }: LiveProps): JSX.Element {
  return (
    <Page title="Live" session={session} active="/live" live>
      <h1>Live</h1>
      <form class="filters" method="get" action="/live" data-live-filters="">
        {filterNames.map((name) => (
          <label>
            {name}
            <input name={name} value={filters[name] ?? ''} maxlength={200} autocomplete="off" />
          </label>
        ))}
        <button type="submit">Filter</button>
        <button type="button" class="script-only" data-live-pause="" aria-pressed="false">
          Pause
        </button>
        <span class="note" role="status" data-live-state="">
          The newest records of the last {minutesBack} minutes
        </span>
      </form>
      <table class="acts live" data-live={rows[0]?.received_at ?? from} data-live-max={liveRowsMax}>
        <caption class="unseen">Records as they come in, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Start</th>
            <th scope="col">Kind</th>
            <th scope="col">Agent</th>
            <th scope="col">Act</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <LiveRow row={row} />
          ))}
        </tbody>
      </table>
      <template data-live-row="">
        <LiveRow />
      </template>
    </Page>
  )
}

/** One record; without one, the empty line that the page's script fills. */
function LiveRow({ row = emptyRow }: { row?: LiveRecord | undefined }): JSX.Element {
  const text = (value: string | null): string => visibleText((value ?? '').slice(0, 160))
  return (
    <tr>
      <td class="when">
        <a href={`/ask?of=span:${row.span}`}>
          <time>{row.started_at.slice(0, 19).replace('T', ' ')}</time>
        </a>
      </td>
      <td>
        <b class="record-kind">{row.record_kind}</b>
      </td>
      <td class="by">
        <bdi>{text(row.template ?? row.instance ?? row.actor_type)}</bdi>
      </td>
      <td class="act">
        <span class="verb">{text(row.verb)}</span> <bdi>{text(row.resource ?? row.name)}</bdi>
      </td>
      <td>
        <span class={`outcome outcome-${row.outcome ?? 'none'}`}>{text(row.outcome)}</span>
      </td>
    </tr>
  )
}

const emptyRow: LiveRecord = {
  span: '',
  received_at: '',
  started_at: '',
  record_kind: '',
  name: '',
  actor_type: null,
  template: null,
  instance: null,
  delegator: null,
  verb: null,
  outcome: null,
  resource: null,
}
