import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { FindingTriage } from '@whodid/model'
import { triageActions } from '@whodid/model/answers'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { FormToken, htmlOf, Instant, Name, Page, pageUrl, visibleText } from '../parts/index.ts'
import { readSessionForm } from '../session/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { FindingResponses } from './finding-responses.tsx'
import type { PageDeps } from './page-deps.ts'

type Answer = Schemas['FindingAnswer']

/** Days for which a finding can be suppressed. */
const suppressDays = ['1', '7', '30', '90'] as const
/** Hits and records that the page shows. */
const hitsMax = 20
const spansMax = 10

/** Answers `/finding`: one finding with its evidence, the decisions about it, and the form for the next. */
export function findingPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const params = { path: { id: idOf(c.req.query('id')) } }
    const answer = await answerOf(ask.client(c).GET('/v1/findings/{id}', { params }))
    return htmlOf(c, <FindingPage session={c.get('session')} answer={answer} />)
  }
}

/** Answers `POST /finding`: keeps a decision, and goes back to the finding. It stands under the name of the session's reader. */
export function decideFinding({ ask, now }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const form = await readSessionForm(c)
    const id = idOf(form.get('id') ?? undefined)
    const action = actionOf(form.get('action') ?? '')
    const reason = (form.get('reason') ?? '').trim()
    const days = suppressDays.find((one) => one === form.get('days'))
    const until = new Date(now() + Number(days ?? 0) * 86_400_000).toISOString()
    const body = {
      action,
      ...(reason === '' ? {} : { reason }),
      ...(action === 'suppress' ? { until } : {}),
    }
    await answerOf(
      ask.client(c).POST('/v1/findings/{id}/triage', { params: { path: { id } }, body }),
    )
    return c.redirect(pageUrl('/finding', { id }), 303)
  }
}

function idOf(id: string | undefined): string {
  if (id !== undefined && /^[0-9a-f]{32}$/u.test(id)) return id
  throw new WhodidError('invalid_parameter', '"id" expected a finding of 32 hex digits')
}

function actionOf(text: string): FindingTriage['action'] {
  const action = triageActions.find((one) => one === text)
  if (action !== undefined) return action
  throw new WhodidError(
    'invalid_parameter',
    `"action" expected ${triageActions.join(', ')}; got "${printableLine(text, 60)}"`,
  )
}

function FindingPage({ session, answer }: { session: Session; answer: Answer }): JSX.Element {
  const { finding, hits, triage, responses, detection } = answer
  return (
    <Page title={`Finding: ${finding.rule}`} session={session} active="/findings">
      <header class="thing-head">
        <p class="kind">
          Finding, {finding.severity}, {finding.state}
        </p>
        <h1>{detection?.title ?? finding.rule}</h1>
        <p class="lead">
          <Name of={finding.text} max={400} />
        </p>
        <p class="asked">
          On{' '}
          <a class="thing" href={pageUrl('/find', { q: finding.subject })}>
            <Name of={finding.subject} max={120} />
          </a>
          , {finding.hits === 1 ? '1 hit' : `${finding.hits} hits`} from{' '}
          <Instant at={finding.first_acted_at} /> to <Instant at={finding.last_acted_at} />
        </p>
      </header>
      {detection === null ? null : (
        <section class="panel">
          <h2>{finding.rule}</h2>
          <p>{detection.question}</p>
          <p>
            <b>Advice:</b> {detection.advice}
          </p>
          <p class="note">
            <b>Limits:</b> {detection.limits} {[...detection.owasp, ...detection.atlas].join(' ')}
          </p>
        </section>
      )}
      <Hits of={hits} />
      {responses.length === 0 ? null : <FindingResponses of={responses} />}
      <Decide session={session} id={finding.id} decided={triage} />
    </Page>
  )
}

function Hits({ of }: { of: Answer['hits'] }): JSX.Element {
  return (
    <section class="panel">
      <h2>
        Hits <span class="count">{of.length}</span>
      </h2>
      <table class="reads">
        <caption class="unseen">Hits, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Measured</th>
            <th scope="col">Records</th>
          </tr>
        </thead>
        <tbody>
          {of.slice(0, hitsMax).map((hit) => (
            <tr>
              <td class="when">
                <Instant at={hit.acted_at} />
              </td>
              <td class="act">
                <Name of={hit.text} max={300} />
              </td>
              <td>
                <Name of={valuesOf(hit)} max={300} />
              </td>
              <td>
                {hit.spans.slice(0, spansMax).map((span, place) => (
                  <>
                    <a href={pageUrl('/ask', { of: `span:${span}` })}>record {place + 1}</a>{' '}
                  </>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function valuesOf({ measured, thresholds }: Answer['hits'][number]): string {
  const values = Object.entries(measured).map(([name, value]) => `${name} ${value}`)
  const bounds = Object.entries(thresholds).map(([name, value]) => `${name} ${value}`)
  return [values.join(', '), bounds.length === 0 ? '' : `thresholds: ${bounds.join(', ')}`]
    .filter((part) => part !== '')
    .join('; ')
}

interface DecideProps {
  readonly session: Session
  readonly id: string
  readonly decided: Answer['triage']
}

function Decide({ session, id, decided }: DecideProps): JSX.Element {
  return (
    <section class="panel">
      <h2>Decisions</h2>
      {decided.length === 0 ? <p class="absent">Nobody has decided about it.</p> : null}
      <ol class="entries">
        {decided.map(({ action, reader, decided_at: at, reason, until }) => (
          <li class="entry">
            <p class="entry-head">
              <b class="record-kind">{action}</b> <Name of={reader} max={80} />{' '}
              <span class="note">
                <Instant at={at} />
                {until === null ? null : (
                  <>
                    , until <Instant at={until} />
                  </>
                )}
              </span>
            </p>
            {reason === null ? null : (
              <blockquote class="entry-text">
                <bdi>{visibleText(reason)}</bdi>
              </blockquote>
            )}
          </li>
        ))}
      </ol>
      <form class="filters" method="post" action="/finding">
        <FormToken session={session} />
        <input type="hidden" name="id" value={id} />
        <label>
          decision
          <select name="action">
            {triageActions.map((one) => (
              <option value={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          why
          <input name="reason" maxlength={1_000} autocomplete="off" />
        </label>
        <label>
          days suppressed
          <select name="days">
            {suppressDays.map((one) => (
              <option value={one}>{one}</option>
            ))}
          </select>
        </label>
        <button type="submit">Decide</button>
      </form>
      <p class="note">
        It stands under the name {session.reader.name} and cannot be taken back. A suppression needs
        a reason and ends by itself.
      </p>
    </section>
  )
}
