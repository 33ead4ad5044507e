import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { GradeMark, Instant, Name } from '../parts/index.ts'

type Answer = Schemas['AuthorityAnswer']

/** Entries of a list that the block shows. */
const shownMax = 8

/** The authority of the instance, and its reasons, with the form that asks about a time, a tool and a resource. */
export function AuthorityBlock({ answer }: { answer: Answer }): JSX.Element {
  const { state, summary, template, registration, stops, scopes, unknowns, integrity } = answer
  const isWarning = state !== 'active' || answer.decision?.answer === 'not_allowed'
  return (
    <section class={isWarning ? 'panel is-warning' : 'panel'} id="authority">
      <h2>
        Authority <span class="count">{state}</span>
      </h2>
      <p>{summary}</p>
      <dl class="facts">
        <div>
          <dt>Registration</dt>
          <dd>
            {registration === null ? <span class="absent">Not on record</span> : null}
            {registration === null ? null : (
              <p>
                <a href={`/ask?of=span:${registration.record}`}>
                  <Name of={registration.template} max={80} />
                </a>{' '}
                <span class="sub">
                  of <Name of={registration.owner} max={80} />, until{' '}
                  <Instant at={registration.expires_at} />
                </span>
              </p>
            )}
            {template === null ? null : <GradeMark of={template.grade} />}
          </dd>
        </div>
        <Listed title="Tools" members={registration?.tools ?? null} />
        <Listed title="Resources" members={registration?.resources ?? null} />
        <Listed title="Scopes at most" members={scopes.at_most} />
        <div>
          <dt>Orders in force</dt>
          <dd>
            {stops.length === 0 ? <span class="absent">None</span> : null}
            {stops.slice(0, shownMax).map(({ state: stopped, target, since, record }) => (
              <p>
                <a href={`/ask?of=span:${record}`}>
                  {stopped}: {target.kind} <Name of={target.id} max={80} />
                </a>{' '}
                <span class="sub">
                  <Instant at={since} />
                </span>
              </p>
            ))}
          </dd>
        </div>
        <div>
          <dt>Proof</dt>
          <dd>
            {integrity.state}, {integrity.records.length} records
          </dd>
        </div>
      </dl>
      {unknowns.length === 0 ? null : (
        <ul class="note">
          {unknowns.slice(0, shownMax).map(({ text }) => (
            <li>{text}</li>
          ))}
        </ul>
      )}
      <AuthorityForm question={answer.question} />
    </section>
  )
}

/** A list that is not stated is not the same as an empty one. */
function Listed({
  title,
  members,
}: {
  title: string
  members: readonly string[] | null
}): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {members === null ? <span class="absent">Not stated</span> : null}
        {members?.length === 0 ? <p>None</p> : null}
        {members?.slice(0, shownMax).map((member) => (
          <p>
            <Name of={member} max={120} />
          </p>
        ))}
        {(members?.length ?? 0) > shownMax ? <p class="sub">and more</p> : null}
      </dd>
    </div>
  )
}

function AuthorityForm({ question }: { question: Answer['question'] }): JSX.Element {
  return (
    <form class="filters" method="get" action="/instance#authority">
      <input type="hidden" name="id" value={question.instance} />
      <label>
        At
        <input name="at" placeholder="2026-11-28T14:07:00Z" value={question.at} maxlength={40} />
      </label>
      <label>
        Tool
        <input name="tool" value={question.tool ?? ''} maxlength={512} />
      </label>
      <label>
        Resource
        <input name="resource" value={question.resource ?? ''} maxlength={2_000} />
      </label>
      <button type="submit">Was it allowed?</button>
    </form>
  )
}
