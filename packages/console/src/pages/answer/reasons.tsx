import type { Gap, Reason } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Name, pageUrl } from '../../parts/index.ts'

/** The facts that the record should hold and does not. */
export function Gaps({ gaps }: { gaps: readonly Gap[] }): JSX.Element | null {
  if (gaps.length === 0) return null
  return (
    <section class="panel is-open">
      <h2>
        Not known <span class="count">{gaps.length}</span>
      </h2>
      <ul class="coded">
        {gaps.map(({ code, text, span }) => (
          <Coded code={code} text={text} span={span} />
        ))}
      </ul>
    </section>
  )
}

interface ReasonsProps {
  readonly reasons: readonly Reason[]
  readonly of: string
}

/** The reasons for the verdict; where nothing is recorded under a name, the way to what is near it. */
export function Reasons({ reasons, of }: ReasonsProps): JSX.Element | null {
  if (reasons.length === 0) return null
  const isUnknown = reasons.some(({ code }) => code === 'no_record')
  return (
    <section class="panel">
      <h2>Why this verdict</h2>
      <ul class="coded">
        {reasons.map(({ code, text, span }) => (
          <Coded code={code} text={text} span={span} />
        ))}
      </ul>
      {isUnknown ? (
        <p>
          <a href={pageUrl('/find', { q: of, as: 'clue' })}>Look for what is like it</a>
        </p>
      ) : null}
    </section>
  )
}

function Coded({
  code,
  text,
  span,
}: {
  code: string
  text: string
  span: string | null
}): JSX.Element {
  return (
    <li>
      <p>
        <Name of={text} max={500} />
      </p>
      <p class="note">
        <code>{code}</code>
        {span === null ? null : (
          <>
            {' · '}
            <a href={`/ask?of=span:${span}`} title={span}>
              record …{span.slice(-8)}
            </a>
          </>
        )}
      </p>
    </li>
  )
}
