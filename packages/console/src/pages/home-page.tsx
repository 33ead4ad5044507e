import type { Schemas } from '@whodid/client'
import type { IntegrityCheck } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { MinuteBars } from '../draw/index.ts'
import { AcceptedLosses, ActTable, checkWords, durationText, htmlOf } from '../parts/index.ts'
import { Instant, Page, pageUrl, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { ago } from './page-deps.ts'
import type { PageDeps } from './page-deps.ts'
import { describeNow, minutesShown } from './describe-now.ts'
import type { Now } from './describe-now.ts'

const destructiveDays = 7
const destructiveMax = 8

/** Answers `/`: the state of the last hour, and the newest destructive acts. */
export function homePage({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const client = ask.client(c)
    const hour = { from: ago(now, minutesShown * 60_000), limit: '500' }
    const deletes = {
      verb: 'delete',
      from: ago(now, destructiveDays * 86_400_000),
      limit: `${destructiveMax}`,
    }
    const [recent, destructive, integrity] = await Promise.all([
      answerOf(client.GET('/v1/actions', { params: { query: hour } })),
      answerOf(client.GET('/v1/actions', { params: { query: deletes } })),
      answerOf(client.GET('/v1/integrity')),
    ])
    const state = describeNow(recent, now())
    const session = c.get('session')
    const parts = { session, state, integrity, destructive: destructive.actions }
    return htmlOf(c, <HomePage {...parts} />)
  }
}

/** The service's check of its ledger, as far as the page shows it. */
interface Integrity {
  readonly check: Pick<IntegrityCheck, 'state' | 'checked_at' | 'accepted_losses'> | null
  readonly logs: readonly { readonly size: number }[]
}

interface HomeProps {
  readonly session: Session
  readonly state: Now
  readonly integrity: Integrity
  readonly destructive: readonly Schemas['ListedAction'][]
}

function HomePage({ session, state, integrity, destructive }: HomeProps): JSX.Element {
  return (
    <Page title="Now" session={session} active="/">
      <h1>Now</h1>
      <NowFigures state={state} integrity={integrity} />
      <AcceptedLosses losses={integrity.check?.accepted_losses ?? []} />
      <section class="panel">
        <h2>Acts a minute, the last hour</h2>
        <MinuteBars minutes={state.minutes} />
        <p class="axis-labels">
          <span>60 min ago</span>
          <span>now</span>
        </p>
        {state.cutAt === undefined ? null : (
          <p class="note">
            The newest 500 acts are counted; they reach back to{' '}
            <Instant at={state.cutAt} part="time" />.
          </p>
        )}
      </section>
      <div class="columns">
        <section class="grow">
          <h2>Newest destructive acts</h2>
          {destructive.length === 0 ? (
            <p class="absent">No record of a deletion in the last {destructiveDays} days.</p>
          ) : (
            <>
              <ActTable acts={destructive} caption="Newest deletions" />
              <p class="more">
                <a href={pageUrl('/acts', { verb: 'delete', days: '7' })}>
                  All deletions of the week
                </a>
              </p>
            </>
          )}
        </section>
        <AgentsAtWork state={state} />
      </div>
    </Page>
  )
}

function NowFigures({ state, integrity }: Pick<HomeProps, 'state' | 'integrity'>): JSX.Element {
  const { check, logs } = integrity
  const checkedAt = check?.checked_at ?? null
  const sealed = logs.reduce((all, { size }) => all + size, 0)
  return (
    <dl class="figures">
      <div>
        <dt>Acts a minute</dt>
        <dd>{state.perMinute.toFixed(state.perMinute < 10 ? 1 : 0)}</dd>
        <dd class="note">over the last 5 minutes</dd>
      </div>
      <div>
        <dt>Agents at work</dt>
        <dd>{state.agents.length}</dd>
        <dd class="note">with an act in the last hour</dd>
      </div>
      <div class={state.unattributed > 0 ? 'is-warning' : ''}>
        <dt>Unattributed acts</dt>
        <dd>
          <a href={pageUrl('/acts', { verdict: 'undetermined', days: '1' })}>
            {state.unattributed}
          </a>
        </dd>
        <dd class="note">of {state.total} in the last hour</dd>
      </div>
      <div
        class={check?.state === 'failed' ? 'is-alarm' : check?.state === 'ok' ? '' : 'is-warning'}
      >
        <dt>Integrity</dt>
        <dd>{check === null ? 'unchecked' : (checkWords[check.state] ?? check.state)}</dd>
        <dd class="note">
          {checkedAt === null ? (
            'the first check of the ledger goes on'
          ) : (
            <>
              {sealed.toLocaleString('en')} sealed, checked <Instant at={checkedAt} part="time" />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Lag</dt>
        <dd>{state.lagMs === undefined ? '–' : durationText(state.lagMs)}</dd>
        <dd class="note">from an act’s end to its receipt, median</dd>
      </div>
    </dl>
  )
}

function AgentsAtWork({ state }: { state: Now }): JSX.Element {
  const shown = state.agents.slice(0, 10)
  return (
    <section class="side">
      <h2>Agents at work</h2>
      {shown.length === 0 ? <p class="absent">No agent acted in the last hour.</p> : null}
      <ul class="rows">
        {shown.map(({ instance, template, acts, lastAt }) => (
          <li>
            <span>
              {template === null ? null : <Thing kind="template" id={template} max={40} />}{' '}
              <Thing kind="instance" id={instance} max={40} />
            </span>
            <span class="note">
              {acts} {acts === 1 ? 'act' : 'acts'}, last <Instant at={lastAt} part="time" />
            </span>
          </li>
        ))}
      </ul>
      <p class="more">
        <a href="/agents">Every agent</a>
      </p>
    </section>
  )
}
