import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import {
  durationText,
  GradeMark,
  Instant,
  Name,
  OutcomeMark,
  Thing,
  toUnixMs,
  TrustMark,
  statedTemplates,
} from '../parts/index.ts'
import { AuthorityBlock } from './authority-block.tsx'

type About = Schemas['InstanceAbout']

/** The facts that the records state of an instance, and its authority. */
export function InstanceFacts({ about, authority }: FactsProps): JSX.Element {
  return (
    <>
      <AboutInstance about={about} />
      <AuthorityBlock answer={authority} />
    </>
  )
}

interface FactsProps {
  readonly about: About
  readonly authority: Schemas['AuthorityAnswer']
}

function AboutInstance({ about }: Pick<FactsProps, 'about'>): JSX.Element {
  const lived = toUnixMs(about.last_at) - toUnixMs(about.first_at)
  return (
    <section class="panel" aria-label="About the instance">
      <dl class="facts">
        <div>
          <dt>For whom</dt>
          <dd>
            {about.delegators.length === 0 ? <span class="absent">Not on record</span> : null}
            {about.delegators.map(({ id, type }) => (
              <p>
                <Thing kind="delegator" id={id} /> <span class="sub">{type ?? ''}</span>
              </p>
            ))}
          </dd>
        </div>
        <div>
          <dt>Template</dt>
          <dd>
            {statedTemplates(about.templates).map(({ id, version }) => (
              <p>
                <Thing kind="template" id={id} />{' '}
                {version === null ? null : (
                  <span class="sub">
                    version <Name of={version} max={40} />
                  </span>
                )}
              </p>
            ))}
          </dd>
        </div>
        <div>
          <dt>Lived</dt>
          <dd>
            <p>
              <Instant at={about.first_at} />
            </p>
            <p class="sub">{durationText(lived)}</p>
          </dd>
        </div>
        <Relations about={about} />
      </dl>
    </section>
  )
}

/** Its family, its records and their senders. */
function Relations({ about }: { about: About }): JSX.Element {
  return (
    <>
      <div>
        <dt>Family</dt>
        <dd>
          {about.parents.map((id) => (
            <p>
              <span class="sub">started by</span> <Thing kind="instance" id={id} max={40} />
            </p>
          ))}
          {about.children.slice(0, 8).map(({ id, template }) => (
            <p>
              <span class="sub">started</span>{' '}
              {template === null ? '' : <Name of={template} max={40} />}{' '}
              <Thing kind="instance" id={id} max={40} />
            </p>
          ))}
          {about.parents.length + about.children.length === 0 ? (
            <span class="absent">None on record</span>
          ) : null}
        </dd>
      </div>
      <div>
        <dt>Records</dt>
        <dd>
          <p>{about.records.toLocaleString('en')}</p>
          <p class="sub">
            {Object.entries(about.record_kinds)
              .map(([kind, count]) => `${count} ${kind}`)
              .join(', ')}
          </p>
          {about.sequence_missing === 0 ? null : (
            <p class="refused">{about.sequence_missing} sequence numbers never came</p>
          )}
        </dd>
      </div>
      <div>
        <dt>Recorded by</dt>
        <dd>
          {about.exporters.map(({ name, entitled }) => (
            <p>
              <Name of={name} max={60} />{' '}
              <span class="sub">
                {entitled === null ? 'bound to no actor' : entitled ? 'entitled' : 'not entitled'}
              </span>
            </p>
          ))}
        </dd>
      </div>
    </>
  )
}

/** One page of the records of an instance, oldest first. */
export function TimelineTable({
  timeline,
}: {
  timeline: readonly Schemas['TimelineEntry'][]
}): JSX.Element {
  return (
    <section class="panel">
      <h2>
        Records <span class="count">{timeline.length}</span>
      </h2>
      <table class="acts">
        <caption class="unseen">The records of the instance, oldest first</caption>
        <thead>
          <tr>
            <th scope="col">Start</th>
            <th scope="col">Record</th>
            <th scope="col">Read</th>
            <th scope="col">Grade</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {timeline.map((entry) => (
            <tr class={entry.input?.trust === 'untrusted' ? 'is-untrusted' : ''}>
              <td class="when">
                <a href={`/ask?of=span:${entry.span}`}>
                  <Instant at={entry.started_at} />
                </a>
              </td>
              <td class="act">
                <b class="record-kind">{entry.record_kind}</b>{' '}
                {entry.verb === null ? null : (
                  <span class={`verb verb-${entry.verb}`}>
                    <Name of={entry.verb} max={40} />
                  </span>
                )}{' '}
                {entry.resource === null ? (
                  <Name of={entry.tool ?? entry.name} max={80} />
                ) : (
                  <Thing kind="resource" id={entry.resource} />
                )}
              </td>
              <td class="by">
                {entry.input === null ? (
                  ''
                ) : (
                  <>
                    <TrustMark of={entry.input.trust} /> <Name of={entry.input.source} max={80} />
                  </>
                )}
              </td>
              <td>
                <GradeMark of={entry.grade} />
              </td>
              <td>{entry.outcome === null ? '' : <OutcomeMark of={entry.outcome} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
