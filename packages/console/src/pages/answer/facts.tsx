import type { WhoDidAnswer } from '@whodid/model'
import type { PropsWithChildren } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import {
  durationText,
  GradeMark,
  Instant,
  Name,
  OutcomeMark,
  Thing,
  toUnixMs,
} from '../../parts/index.ts'

/** Who did what, for whom, with what: each claim with its grade. */
export function Facts({ answer }: { answer: WhoDidAnswer }): JSX.Element {
  return (
    <section class="panel" aria-label="Who, for whom, what">
      <dl class="facts">
        <Who answer={answer} />
        <ForWhom answer={answer} />
        <Did answer={answer} />
        <Credential answer={answer} />
        <Approval answer={answer} />
        {answer.correlation_id === null ? null : (
          <Fact label="Correlation">
            <Thing kind="correlation" id={answer.correlation_id} />
          </Fact>
        )}
      </dl>
    </section>
  )
}

function Fact({ label, children }: PropsWithChildren<{ label: string }>): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Who({ answer: { actor, agent } }: { answer: WhoDidAnswer }): JSX.Element {
  if (actor === null)
    return (
      <Fact label="Who">
        <span class="absent">Nobody can be named from the record</span>
      </Fact>
    )
  const template = agent?.template ?? null
  const parent = agent?.instance?.parent_id ?? null
  const identity = agent?.instance?.identity_id ?? null
  return (
    <Fact label="Who">
      <p>
        {template === null ? null : (
          <>
            <strong>
              <Thing kind="template" id={template.id} />
            </strong>
            {template.version === null ? null : (
              <>
                {' '}
                version <Name of={template.version} max={60} />
              </>
            )}{' '}
          </>
        )}
        <GradeMark of={actor.grade} />
      </p>
      <p class="sub">
        {actor.type === 'agent' ? (
          <>
            instance <Thing kind="instance" id={actor.id} />
          </>
        ) : (
          <>
            {actor.type} <Thing kind="delegator" id={actor.id} />
          </>
        )}
      </p>
      {parent === null ? null : (
        <p class="sub">
          started by <Thing kind="instance" id={parent} />
        </p>
      )}
      {identity === null ? null : (
        <p class="sub">
          identity <Name of={identity} />
        </p>
      )}
    </Fact>
  )
}

function ForWhom({ answer: { delegator, verdict } }: { answer: WhoDidAnswer }): JSX.Element | null {
  if (delegator === null)
    return verdict === 'agent' ? (
      <Fact label="For whom">
        <span class="absent">Not on record</span>
      </Fact>
    ) : null
  return (
    <Fact label="For whom">
      <p>
        <strong>
          <Thing kind="delegator" id={delegator.id} />
        </strong>{' '}
        <GradeMark of={delegator.grade} />
      </p>
      <p class="sub">
        {delegator.type}
        {delegator.issuer === null ? null : (
          <>
            {' '}
            of <Name of={delegator.issuer} />
          </>
        )}
      </p>
    </Fact>
  )
}

function Did({ answer: { action } }: { answer: WhoDidAnswer }): JSX.Element {
  if (action === null)
    return (
      <Fact label="Did">
        <span class="absent">No act on record</span>
      </Fact>
    )
  const lasted = toUnixMs(action.ended_at) - toUnixMs(action.started_at)
  return (
    <Fact label="Did">
      <p>
        <span class={`verb verb-${action.verb}`}>
          <Name of={action.verb} max={40} />
        </span>{' '}
        {action.resource === null ? (
          <span class="absent">no resource on record</span>
        ) : (
          <Thing kind="resource" id={action.resource.id} />
        )}{' '}
        <OutcomeMark of={action.outcome} />{' '}
        {action.outcome_grade === 'inferred' ? <GradeMark of="inferred" /> : null}
      </p>
      <p class="sub">
        <Instant at={action.started_at} />, {durationText(lasted)}
        {action.tool === null ? null : (
          <>
            , with <Thing kind="tool" id={action.tool} />
          </>
        )}
      </p>
      <p class="sub">
        recorded by <Name of={action.exporter.name} max={80} />
        {action.exporter.entitled ? ', entitled to speak for the actor' : ', bound to no actor'}
      </p>
    </Fact>
  )
}

function Credential({ answer: { credential } }: { answer: WhoDidAnswer }): JSX.Element {
  if (credential === null)
    return (
      <Fact label="Credential">
        <span class="absent">None on record</span>
      </Fact>
    )
  return (
    <Fact label="Credential">
      <p>
        <Thing kind="credential" id={credential.id} max={50} />
        {credential.borrowed ? (
          <>
            {' '}
            <span class="borrowed" title="Its subject is the human and it names no actor">
              borrowed
            </span>
          </>
        ) : null}
      </p>
      <p class="sub">
        {credential.type === null ? 'type not on record' : <Name of={credential.type} max={40} />}
        {credential.subject === null ? null : (
          <>
            {' '}
            of <Name of={credential.subject} max={80} />
          </>
        )}
        {credential.borrowed ? ': the other system saw the person, not the agent' : ''}
      </p>
      {credential.scopes.length === 0 ? null : (
        <p class="sub">
          scopes <Name of={credential.scopes.join(', ')} max={300} />
        </p>
      )}
    </Fact>
  )
}

/** The chain is the way to the act; an approval that is not on it may still be on record elsewhere. */
function Approval({ answer: { chain, action } }: { answer: WhoDidAnswer }): JSX.Element | null {
  const found = chain.filter((hop) => hop.record_kind === 'approval')
  if (action === null) return null
  return (
    <Fact label="Approval">
      {found.length === 0 ? (
        <span class="absent">None on the way to this act</span>
      ) : (
        found.map((hop) => (
          <p>
            <Thing kind="span" id={hop.span} max={20} /> <Name of={hop.name} max={80} />{' '}
            <OutcomeMark of={hop.outcome} />
          </p>
        ))
      )}
    </Fact>
  )
}
