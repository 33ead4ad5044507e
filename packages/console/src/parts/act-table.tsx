import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Name } from './agent-text.tsx'
import { Instant } from './instants.tsx'
import { pageUrl, Thing } from './thing.tsx'
import { OutcomeMark, VerdictMark } from './marks.tsx'

/** A table of acts, one a line, each with the way to its answer. */
export function ActTable({
  acts,
  caption,
}: {
  acts: readonly Schemas['ListedAction'][]
  caption: string
}): JSX.Element {
  return (
    <table class="acts">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Act</th>
          <th scope="col">By</th>
          <th scope="col">For</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {acts.map((act) => (
          <ActRow act={act} />
        ))}
      </tbody>
    </table>
  )
}

function ActRow({ act }: { act: Schemas['ListedAction'] }): JSX.Element {
  const { span, verb, resource, tool, actor, instance, template, delegator } = act
  return (
    <tr>
      <td class="when">
        <a href={pageUrl('/ask', { of: `span:${span}` })}>
          <Instant at={act.started_at} />
        </a>
      </td>
      <td class="act">
        <span class={`verb verb-${verb}`}>
          <Name of={verb === '' ? 'touched' : verb} max={40} />
        </span>{' '}
        {resource === null ? (
          <Name of={tool ?? 'no resource on record'} />
        ) : (
          <Thing kind="resource" id={resource.id} />
        )}
      </td>
      <td class="by">
        <VerdictMark of={act.verdict} />{' '}
        {instance === null ? (
          <Name of={actor ?? template ?? 'nobody is named'} />
        ) : (
          <>
            {template === null ? null : (
              <>
                <Thing kind="template" id={template} max={60} />{' '}
              </>
            )}
            <Thing kind="instance" id={instance} max={60} />
          </>
        )}
      </td>
      <td class="for">
        {delegator === null ? '' : <Thing kind="delegator" id={delegator} max={60} />}
      </td>
      <td>
        <OutcomeMark of={act.outcome} />
      </td>
    </tr>
  )
}
