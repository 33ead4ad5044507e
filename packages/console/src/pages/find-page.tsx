import { printableLine } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page, VerdictMark } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import type { PageDeps } from './page-deps.ts'
import { resolveClue } from './resolve-clue.ts'
import type { Resolved } from './resolve-clue.ts'

/** Answers `/find`: goes on to the page that the clue names, or shows the candidates. */
export function findPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const clue = c.req.query('q')?.trim() ?? ''
    if (clue === '') return c.redirect('/', 303)
    const resolved = await resolveClue(ask.client(c), clue)
    if (resolved.state === 'one') return c.redirect(resolved.url, 303)
    return htmlOf(c, <FindPage session={c.get('session')} clue={clue} found={resolved} />)
  }
}

interface FindProps {
  readonly session: Session
  readonly clue: string
  readonly found: Extract<Resolved, { state: 'several' }>
}

function FindPage({ session, clue, found }: FindProps): JSX.Element {
  const { candidates, asked } = found
  return (
    <Page title={`Find ${printableLine(clue, 60)}`} session={session} clue={clue}>
      <h1>{candidates.length === 0 ? 'Nothing on record' : 'What it may mean'}</h1>
      <p class="lead">
        <Name of={clue} />
      </p>
      {candidates.length === 0 ? (
        <NothingFound asked={asked} />
      ) : (
        <ul class="candidates">
          {candidates.map(({ of, url, answer }) => (
            <li>
              <a href={url}>
                <Name of={of} />
              </a>
              <p>
                <VerdictMark of={answer.verdict} /> <Name of={answer.summary} max={300} />
              </p>
              {answer.action === null ? null : (
                <p class="note">
                  newest act <Instant at={answer.action.started_at} />
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}

function NothingFound({ asked }: { asked: readonly string[] }): JSX.Element {
  return (
    <>
      <p>
        No act carries it under any of these names. That is no evidence that nothing was done: it
        may never have been recorded, or stand in the record under another name.
      </p>
      <ul class="tried">
        {asked.map((of) => (
          <li>
            <Name of={of} />
          </li>
        ))}
      </ul>
      <p>
        Look at <a href="/acts">what was done lately</a>, or at{' '}
        <a href="/agents">the agents at work</a>.
      </p>
    </>
  )
}
