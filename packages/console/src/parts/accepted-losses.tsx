import type { IntegrityCheck } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Name } from './agent-text.tsx'
import { Instant } from './instants.tsx'

/** Says of each loss that somebody has accepted what is lost, who answers for it, when and why. Nothing where there is none. */
export function AcceptedLosses({
  losses,
}: {
  losses: IntegrityCheck['accepted_losses']
}): JSX.Element | null {
  if (losses.length === 0) return null
  return (
    <ul class="rows losses">
      {losses.map((loss) => (
        <li>
          <span>
            Lost:{' '}
            {loss.to - loss.from === 1
              ? `place ${loss.from}`
              : `places ${loss.from}–${loss.to - 1}`}{' '}
            of <Name of={loss.log} max={60} />
          </span>
          <span class="note">
            accepted by <Name of={loss.accepted_by} max={60} /> on <Instant at={loss.accepted_at} />
            : <Name of={loss.reason} max={200} /> <a href={`/ask?of=span:${loss.record}`}>record</a>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The states of the service's own check, as pages say them. */
export const checkWords: Readonly<Record<string, string>> = {
  ok: 'as sealed',
  failed: 'FAILED',
  stale: 'stale',
  never: 'unchecked',
  loss_accepted: 'NOT WHOLE, loss accepted',
}
