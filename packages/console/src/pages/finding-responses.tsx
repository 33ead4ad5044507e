import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Instant, Name, pageUrl } from '../parts/index.ts'

/** What was done about a finding by itself, attempt by attempt. */
export function FindingResponses({
  of,
}: {
  of: Schemas['FindingAnswer']['responses']
}): JSX.Element {
  return (
    <section class="panel">
      <h2>
        Responses <span class="count">{of.length}</span>
      </h2>
      <table class="reads">
        <caption class="unseen">Responses, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Response</th>
            <th scope="col">On</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ attempted_at: at, response, kind, attempt, target, outcome, error }) => (
            <tr>
              <td class="when">
                <Instant at={at} />
              </td>
              <td>
                <Name of={response} max={60} /> <span class="note">{kind}</span>
              </td>
              <td>
                {target === null ? null : (
                  <a class="thing" href={targetUrl(target)}>
                    <Name of={target} max={80} />
                  </a>
                )}
              </td>
              <td>
                {outcome.replace('_', ' ')}{' '}
                <span class="note">
                  {[error, attempt === 1 ? null : `attempt ${attempt}`]
                    .filter((part) => part !== null)
                    .join(', ')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The page of a case, or what is on record about an instance. */
function targetUrl(target: string): string {
  const caseId = /^case:(.+)$/u.exec(target)?.[1]
  return caseId === undefined ? pageUrl('/find', { q: target }) : pageUrl('/case', { id: caseId })
}
