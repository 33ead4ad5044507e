import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page, pageUrl, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import type { PageDeps } from './page-deps.ts'

type Completeness = Schemas['CompletenessAnswer']

/** Answers `/completeness`: whether the record of an instance is whole, and where it is not. */
export function completenessPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const instance = c.req.query('id') ?? ''
    if (instance === '')
      throw new WhodidError('invalid_handle', '"id" expected an instance; got none')
    const answer = await answerOf(
      ask.client(c).GET('/v1/completeness', { params: { query: { instance } } }),
    )
    return htmlOf(c, <CompletenessPage session={c.get('session')} answer={answer} />)
  }
}

function CompletenessPage({
  session,
  answer,
}: {
  session: Session
  answer: Completeness
}): JSX.Element {
  const { instance, verdict, summary, reasons, missing, logs } = answer
  return (
    <Page title={`Record of ${printableLine(instance, 40)}`} session={session}>
      <header class="thing-head">
        <p class="kind">The record of an instance</p>
        <h1>
          {verdict}{' '}
          <span class="id">
            <Name of={instance} />
          </span>
        </h1>
        <p class="lead">{summary}</p>
        <p class="asked">
          <Thing kind="instance" id={instance} /> · {answer.records.toLocaleString('en')} numbered
          records, {answer.sealed.toLocaleString('en')} sealed
          {answer.records_without_number === 0
            ? ''
            : `, ${answer.records_without_number.toLocaleString('en')} without a number`}
        </p>
      </header>
      {reasons.length === 0 ? null : (
        <section class="panel">
          <h2>Why</h2>
          <ul>
            {reasons.map(({ code, text }) => (
              <li>
                {text} <code>{code}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Missing of={missing} total={answer.missing_total} />
      {logs.length === 0 ? null : (
        <section class="panel">
          <h2>Where it stands</h2>
          <ul>
            {logs.map((log) => (
              <li>
                <Name of={log.log} /> {log.first_index} to {log.last_index}; its newest checkpoint
                covers {log.size.toLocaleString('en')}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  )
}

function Missing({
  of,
  total,
}: {
  of: Completeness['missing']
  total: number
}): JSX.Element | null {
  if (of.length === 0) return null
  return (
    <section class="panel">
      <h2>
        Missing <span class="count">{total}</span>
      </h2>
      <table class="reads">
        <caption class="unseen">Numbers without a record, oldest first</caption>
        <thead>
          <tr>
            <th scope="col">Numbers</th>
            <th scope="col">After</th>
            <th scope="col">Before</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ from, to, after, before, earliest_at: earliest, latest_at: latest }) => (
            <tr>
              <td class="act">{from === to ? from : `${from} to ${to}`}</td>
              <td data-label="after">
                <Neighbour span={after} at={earliest} />
              </td>
              <td data-label="before">
                <Neighbour span={before} at={latest} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The record beside a hole, and when it began. */
function Neighbour({ span, at }: { span: string | null; at: string | null }): JSX.Element {
  if (span === null) return <span class="absent">none</span>
  return (
    <a href={pageUrl('/ask', { of: `span:${span}` })}>
      {at === null ? 'its record' : <Instant at={at} />}
    </a>
  )
}
