import type { Schemas } from '@whodid/client'
import type { Alternative, WhoDidAnswer } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Instant, Name, OutcomeMark, pageUrl, Thing, VerdictMark } from '../../parts/index.ts'
import type { Neighbours } from './neighbours.ts'

/** Before and after on the same resource. */
export function Around({
  around,
  answer: { action },
}: {
  around: Neighbours | undefined
  answer: WhoDidAnswer
}): JSX.Element | null {
  const resource = action?.resource?.id
  if (around === undefined || action === null || resource === undefined) return null
  const { before, after, afterCut } = around
  if (before.length === 0 && after.length === 0) return null
  return (
    <section class="panel">
      <h2>Before and after, on the same resource</h2>
      <ol class="around">
        {afterCut ? (
          <li class="note">
            <a href={pageUrl('/acts', { resource })}>Others after it</a>
          </li>
        ) : null}
        {after.map((act) => (
          <Neighbour act={act} />
        ))}
        <li class="is-this">
          <Instant at={action.started_at} />
          <span>
            <span class={`verb verb-${action.verb}`}>{action.verb}</span> this act
          </span>
          <OutcomeMark of={action.outcome} />
        </li>
        {before.map((act) => (
          <Neighbour act={act} />
        ))}
      </ol>
      <p class="more">
        <a href={pageUrl('/acts', { resource })}>Every act on it</a>
      </p>
    </section>
  )
}

function Neighbour({ act }: { act: Schemas['ListedAction'] }): JSX.Element {
  return (
    <li>
      <a href={`/ask?of=span:${act.span}`}>
        <Instant at={act.started_at} />
      </a>
      <span>
        <span class={`verb verb-${act.verb}`}>
          <Name of={act.verb} max={40} />
        </span>{' '}
        by <VerdictMark of={act.verdict} />{' '}
        <Name of={act.template ?? act.actor ?? 'nobody named'} max={60} />
      </span>
      <OutcomeMark of={act.outcome} />
    </li>
  )
}

/** Other acts on the handle, newest first. */
export function Alternatives({
  alternatives,
  of,
}: {
  alternatives: readonly Alternative[]
  of: string
}): JSX.Element | null {
  if (alternatives.length === 0) return null
  return (
    <section class="panel">
      <h2>
        Also on this handle <span class="count">{alternatives.length}</span>
      </h2>
      <table class="acts">
        <caption class="unseen">
          Other acts on <Name of={of} />
        </caption>
        <thead class="unseen">
          <tr>
            <th scope="col">When</th>
            <th scope="col">Act</th>
            <th scope="col">By</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {alternatives.map((other) => (
            <tr>
              <td class="when">
                <a href={`/ask?of=span:${other.span}`}>
                  <Instant at={other.started_at} />
                </a>
              </td>
              <td class="act">
                <span class={`verb verb-${other.verb}`}>
                  <Name of={other.verb} max={40} />
                </span>{' '}
                {other.resource === null ? '' : <Thing kind="resource" id={other.resource} />}
              </td>
              <td class="by">
                <VerdictMark of={other.verdict} /> <Name of={other.actor ?? ''} max={60} />
              </td>
              <td>
                <OutcomeMark of={other.outcome} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
