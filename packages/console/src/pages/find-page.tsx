import type { Schemas } from '@whodid/client'
import { printableLine } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { htmlOf, Instant, Name, Page, pageUrl } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import type { PageDeps } from './page-deps.ts'
import { leadUrl, resolveClue } from './resolve-clue.ts'
import type { Clue } from './resolve-clue.ts'

type FindAnswer = Schemas['FindAnswer']
type Candidate = Schemas['Candidate']

/** Answers `/find`: goes on to the page that the clue names, or shows what it may mean. */
export function findPage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const q = c.req.query('q')?.trim() ?? ''
    if (q === '') return c.redirect('/', 303)
    const [after, before] = [c.req.query('after') ?? '', c.req.query('before') ?? '']
    const clue = {
      q,
      ...(after === '' ? {} : { after }),
      ...(before === '' ? {} : { before }),
    }
    const isClue = c.req.query('as') === 'clue'
    const resolved = await resolveClue(ask.client(c), clue, isClue)
    if (resolved.state === 'one') return c.redirect(resolved.url, 303)
    return htmlOf(c, <FindPage session={c.get('session')} clue={clue} found={resolved.found} />)
  }
}

interface FindProps {
  readonly session: Session
  readonly clue: Clue
  readonly found: FindAnswer
}

function FindPage({ session, clue, found }: FindProps): JSX.Element {
  const { candidates, readings, time, more } = found
  return (
    <Page title={`Find ${printableLine(clue.q, 60)}`} session={session} clue={clue.q}>
      <h1>{candidates.length === 0 ? 'Nothing on record' : 'What it may mean'}</h1>
      <p class="lead">
        <Name of={clue.q} />
      </p>
      <p class="note">
        Taken for <Name of={readings.map(({ text }) => text).join('; ')} max={300} />
        {time.after === null ? null : (
          <>
            , from <Instant at={time.after} />
          </>
        )}
        {time.before === null ? null : (
          <>
            , up to <Instant at={time.before} />
          </>
        )}
      </p>
      {candidates.length === 0 ? (
        <p>
          That is no evidence that nothing was done: it may never have been recorded, or stand in
          the record under another name.
        </p>
      ) : (
        <Candidates of={candidates} />
      )}
      {more ? (
        <p class="note">There are more than are shown. A longer clue, or a time, finds fewer.</p>
      ) : null}
      <DidYouMean found={found} />
      <Searched clue={clue} found={found} />
    </Page>
  )
}

function Candidates({ of: candidates }: { of: readonly Candidate[] }): JSX.Element {
  return (
    <ul class="candidates">
      {candidates.map((candidate) => (
        <li>
          <span class="note">{candidate.kind}</span>{' '}
          {candidate.kind === 'text' ? <UntrustedMark /> : null}
          <a href={leadUrl(candidate.leads_to)}>
            <Name of={candidate.label} max={300} />
          </a>
          <p>{candidate.why.text}</p>
          <p class="note">
            {countText(candidate)}
            {candidate.last_at === null ? null : (
              <>
                , last <Instant at={candidate.last_at} />
              </>
            )}
          </p>
          {candidate.related.map(({ kind, label, leads_to: lead }) => (
            <p class="note">
              with {kind}{' '}
              <a href={leadUrl(lead)}>
                <Name of={label} />
              </a>
            </p>
          ))}
        </li>
      ))}
    </ul>
  )
}

/** A text that was found is what an agent or a stranger wrote, and stands in a line. */
function UntrustedMark(): JSX.Element {
  return (
    <>
      <span class="mark-untrusted">Untrusted data</span>{' '}
    </>
  )
}

function countText({ records, acts, is_counted_whole: isWhole }: Candidate): string {
  const atLeast = isWhole ? '' : 'at least '
  return `${atLeast}${records} ${records === 1 ? 'record' : 'records'}, ${acts} of them ${acts === 1 ? 'an act' : 'acts'}`
}

function DidYouMean({ found }: { found: FindAnswer }): JSX.Element | null {
  if (found.did_you_mean.length === 0) return null
  return (
    <section>
      <h2>Did you mean</h2>
      <ul class="candidates">
        {found.did_you_mean.map(({ kind, name, leads_to: lead }) => (
          <li>
            <span class="note">{kind}</span>{' '}
            <a href={leadUrl(lead)}>
              <Name of={name} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What was looked at, and how far; where a bound ended a search, a way to look further back. */
function Searched({ clue, found }: { clue: Clue; found: FindAnswer }): JSX.Element {
  const reached = found.searched.flatMap((one) =>
    one.needs_time && one.reached !== null ? [one.reached] : [],
  )
  // The latest of them leaves out nothing that one of the searches has not looked at.
  const [before] = reached.toSorted().toReversed()
  return (
    <section>
      <h2>What was looked at</h2>
      {found.is_cut ? <p>The clue is long: only its beginning was read.</p> : null}
      <ul class="tried">
        {found.searched.map(({ text, is_whole: isWhole }) => (
          <li>
            <Name of={text} max={600} />
            {isWhole ? null : <strong> Not to the end.</strong>}
          </li>
        ))}
      </ul>
      {found.advice === null ? null : (
        <p>
          <Name of={found.advice} max={600} />
        </p>
      )}
      {before === undefined ? null : (
        <p>
          <a href={pageUrl('/find', { ...clue, before })}>Look further back</a>
        </p>
      )}
      <p>
        Or look at <a href="/acts">what was done lately</a>, or at{' '}
        <a href="/agents">the agents at work</a>.
      </p>
    </section>
  )
}
