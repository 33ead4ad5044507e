import type { ApiClient, Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Lanes, ResourceTree } from '../draw/index.ts'
import type { Lane } from '../draw/index.ts'
import { compareUrl, htmlOf, Instant, Name, Page, pageUrl } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { InstanceFacts, TimelineTable } from './instance-parts.tsx'
import type { PageDeps } from './page-deps.ts'

/** Lanes at most: the instance, and the nearest of those that it started. */
const lanesMax = 8

/** Answers `/instance`: one running agent, those it started, and everything they touched. */
export function instancePage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const id = c.req.query('id') ?? ''
    if (id === '') throw new WhodidError('invalid_handle', '"id" expected an instance; got none')
    const client = ask.client(c)
    const cursor = c.req.query('cursor')
    const query = { limit: '500', ...(cursor === undefined ? {} : { cursor }) }
    const authorityQuery = { instance: id, ...authorityAsked(c) }
    const [answer, radius, authority] = await Promise.all([
      answerOf(client.GET('/v1/instances/{id}', { params: { path: { id }, query } })),
      answerOf(
        client.GET('/v1/instances/{id}/blast-radius', {
          params: { path: { id }, query: { limit: '500' } },
        }),
      ),
      answerOf(client.GET('/v1/authority', { params: { query: authorityQuery } })),
    ])
    const lanes = await lanesOf(client, answer, radius)
    return htmlOf(
      c,
      <InstancePage
        session={c.get('session')}
        answer={answer}
        radius={radius}
        lanes={lanes}
        authority={authority}
      />,
    )
  }
}

/** The time, the tool and the resource of the form; a field that was left blank asks nothing. */
function authorityAsked(c: Context<PageEnv>): Partial<Record<'at' | 'tool' | 'resource', string>> {
  const names = ['at', 'tool', 'resource'] as const
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = c.req.query(name)?.trim() ?? ''
      return value === '' ? [] : [[name, value]]
    }),
  )
}

async function lanesOf(
  client: ApiClient,
  answer: Schemas['InstanceAnswer'],
  radius: Schemas['BlastRadiusAnswer'],
): Promise<Lane[]> {
  const others = radius.instances.filter(({ id }) => id !== answer.id).slice(0, lanesMax - 1)
  const rest = await Promise.all(
    others.map(async ({ id, depth }) => {
      const params = { path: { id }, query: { limit: '200' } }
      const other = await answerOf(client.GET('/v1/instances/{id}', { params }))
      return laneOf(other, depth)
    }),
  )
  return [laneOf(answer, 0), ...rest]
}

function laneOf({ id, instance, timeline }: Schemas['InstanceAnswer'], depth: number): Lane {
  return { instance: id, template: instance?.templates[0]?.id ?? null, depth, entries: timeline }
}

interface InstanceProps {
  readonly session: Session
  readonly answer: Schemas['InstanceAnswer']
  readonly radius: Schemas['BlastRadiusAnswer']
  readonly lanes: readonly Lane[]
  readonly authority: Schemas['AuthorityAnswer']
}

function InstancePage({ session, answer, radius, lanes, authority }: InstanceProps): JSX.Element {
  const { id, instance, timeline } = answer
  const template = instance?.templates[0]
  return (
    <Page title={`Instance ${printableLine(id, 40)}`} session={session} clue={`instance:${id}`}>
      <header class="thing-head">
        <p class="kind">Instance</p>
        <h1>
          {template === undefined ? null : (
            <>
              <Name of={template.id} max={80} />{' '}
            </>
          )}
          <span class="id">
            <Name of={id} />
          </span>
        </h1>
        <p class="asked">
          <a href={pageUrl('/ask', { of: `instance:${id}` })}>Its newest act</a> ·{' '}
          <a href={pageUrl('/acts', { instance: id, days: '90' })}>Its acts as a list</a> ·{' '}
          <a href={compareUrl(id)}>Compare with another run</a> ·{' '}
          <a href={pageUrl('/completeness', { id })}>Is its record whole?</a> ·{' '}
          <a href="#authority">What was it allowed?</a>
        </p>
      </header>
      {instance === null ? (
        <p class="absent">No record names this instance.</p>
      ) : (
        <>
          <InstanceFacts about={instance} authority={authority} />
          <section class="panel">
            <h2>
              Timeline{' '}
              <span class="count">
                {lanes.length === 1 ? '1 instance' : `${lanes.length} instances`}
              </span>
            </h2>
            <Lanes lanes={lanes} />
            <Legend />
            {radius.instances.length > lanes.length ? (
              <p class="note">
                {lanes.length} of {radius.instances.length} instances have a lane.
              </p>
            ) : null}
          </section>
          <div class="columns">
            <BlastRadius radius={radius} />
            <InputsOverTime lanes={lanes} />
          </div>
          <TimelineTable timeline={timeline} />
          {answer.next_cursor === null ? null : (
            <p class="more">
              <a href={pageUrl('/instance', { id, cursor: answer.next_cursor })}>Later records</a>
            </p>
          )}
        </>
      )}
    </Page>
  )
}

function Legend(): JSX.Element {
  return (
    <ul class="legend">
      <li class="key-think">prompt, plan, model</li>
      <li class="key-do">tool call, action</li>
      <li class="key-destroy">deletion</li>
      <li class="key-untrusted">untrusted input; the line marks all that came after it</li>
    </ul>
  )
}

function BlastRadius({ radius }: { radius: Schemas['BlastRadiusAnswer'] }): JSX.Element {
  const { resources, resources_total: total, truncated } = radius
  const cut = Object.entries(truncated).flatMap(([what, isCut]) => (isCut ? [what] : []))
  return (
    <section class="panel grow">
      <h2>
        Blast radius <span class="count">{total} resources</span>
      </h2>
      {cut.length === 0 && resources.length === total ? null : (
        <p class="note">
          {resources.length} of {total} resources shown
          {cut.length === 0 ? '' : `; cut: ${cut.join(', ')}`}.
        </p>
      )}
      {total === 0 ? (
        <p class="absent">No resource is on record.</p>
      ) : (
        <ResourceTree resources={resources} />
      )}
    </section>
  )
}

/** Inputs in the order of time, with what was changed between one and the next. */
function InputsOverTime({ lanes }: { lanes: readonly Lane[] }): JSX.Element {
  const entries = lanes
    .flatMap((lane) => lane.entries)
    .toSorted((a, b) => (a.started_at < b.started_at ? -1 : 1))
  const inputs = entries.filter(({ input }) => input !== null)
  const changesAfter = (at: string, until: string | undefined): number =>
    entries.filter(
      ({ started_at: start, verb, outcome }) =>
        verb !== null &&
        verb !== 'read' &&
        outcome === 'success' &&
        start > at &&
        (until === undefined || start <= until),
    ).length
  return (
    <section class="panel side">
      <h2>
        Inputs over time <span class="count">{inputs.length}</span>
      </h2>
      {inputs.length === 0 ? <p class="absent">No input is on record.</p> : null}
      <ol class="inputs-list">
        {inputs.slice(0, 100).map((entry, index) => {
          const changes = changesAfter(entry.started_at, inputs[index + 1]?.started_at)
          return (
            <li class={entry.input?.trust === 'untrusted' ? 'is-untrusted' : ''}>
              <p>
                <span class={`trust trust-${entry.input?.trust}`}>{entry.input?.trust}</span>{' '}
                <a href={`/ask?of=span:${entry.span}`}>
                  <Name of={entry.input?.source ?? ''} max={120} />
                </a>
              </p>
              <p class="note">
                <Instant at={entry.started_at} part="time" />,{' '}
                {changes === 0
                  ? 'nothing changed'
                  : changes === 1
                    ? '1 change'
                    : `${changes} changes`}{' '}
                until the next
              </p>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
