import type { Gap, Reason } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Name } from '../../parts/index.ts'

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

/** The reasons for the verdict. */
export function Reasons({ reasons }: { reasons: readonly Reason[] }): JSX.Element | null {
  if (reasons.length === 0) return null
  return (
    <section class="panel">
      <h2>Why this verdict</h2>
      <ul class="coded">
        {reasons.map(({ code, text, span }) => (
          <Coded code={code} text={text} span={span} />
        ))}
      </ul>
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
