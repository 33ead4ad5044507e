import type { Schemas } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { FormToken, htmlOf, Instant, Name, Page, pageUrl, visibleText } from '../parts/index.ts'
import { readSessionForm } from '../session/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { answerOf } from '../ask-api.ts'
import { optionalNames } from './answer/read-question.ts'
import type { PageDeps } from './page-deps.ts'

type Entry = Schemas['CaseEntry']

/** Answers `/case`: the notebook of one case, and the form that adds a note to it. */
export function casePage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const id = c.req.query('id') ?? ''
    if (id === '') throw new WhodidError('invalid_parameter', '"id" expected a case; got none')
    const params = { path: { id } }
    const answer = await answerOf(ask.client(c).GET('/v1/cases/{id}', { params }))
    return htmlOf(c, <CasePage session={c.get('session')} answer={answer} />)
  }
}

/** Answers `POST /case`: keeps an entry, and goes to where it stands. The author is the session's reader. */
export function addCaseEntry({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const form = await readSessionForm(c)
    const field = (name: string): string => (form.get(name) ?? '').trim()
    const id = field('case')
    if (id === '') throw new WhodidError('invalid_parameter', '"case" expected a case; got none')
    const given = ['text', 'of', ...optionalNames].flatMap((name) => {
      const value = field(name)
      return value === '' ? [] : [[name, value] as const]
    })
    const kind = kindOf(field('kind'))
    const { entry_id: entryId } = await answerOf(
      ask.client(c).POST('/v1/cases/{id}/entries', {
        params: { path: { id } },
        body: { ...Object.fromEntries(given), kind },
      }),
    )
    c.get('session').work.caseId = id
    return c.redirect(`${pageUrl('/case', { id })}#entry-${entryId}`, 303)
  }
}

function kindOf(text: string): Entry['kind'] {
  if (text === 'note' || text === 'pin' || text === 'question') return text
  throw new WhodidError(
    'invalid_parameter',
    `"kind" expected note, pin or question; got "${printableLine(text, 60)}"`,
  )
}

interface CaseProps {
  readonly session: Session
  readonly answer: Schemas['CaseAnswer']
}

function CasePage({ session, answer }: CaseProps): JSX.Element {
  const { case_id: id, entries } = answer
  return (
    <Page title={`Case ${printableLine(id, 40)}`} session={session} active="/cases">
      <header class="thing-head">
        <p class="kind">Case</p>
        <h1>
          <Name of={id} max={200} />
        </h1>
        <p class="asked">
          {entries.length === 1 ? '1 entry' : `${entries.length} entries`}, oldest first. Nothing in
          it is changed or removed. <a href="/cases">All cases</a>
        </p>
      </header>
      {entries.length === 0 ? (
        <p class="absent">Nobody has written into this case. A first note opens it.</p>
      ) : (
        <ol class="entries">
          {entries.map((entry) => (
            <EntryItem entry={entry} caseId={id} session={session} />
          ))}
        </ol>
      )}
      <section class="panel">
        <h2>Note</h2>
        <form class="entry-form" method="post" action="/case">
          <FormToken session={session} />
          <input type="hidden" name="case" value={id} />
          <input type="hidden" name="kind" value="note" />
          <label for="note">What you found, what you did, what is to be asked</label>
          <textarea id="note" name="text" rows={4} maxlength={4_000} required />
          <button type="submit">Add the note</button>
        </form>
        <p class="note">
          It stands under the name {session.reader.name} and cannot be taken back. Name no person
          and no secret: an erasure does not reach it, and it goes into each evidence package of the
          case.
        </p>
      </section>
    </Page>
  )
}

const kindNames: Readonly<Record<Entry['kind'], string>> = {
  note: 'Note',
  pin: 'Pinned answer',
  question: 'Question',
}

interface EntryProps {
  readonly entry: Entry
  readonly caseId: string
  readonly session: Session
}

function EntryItem({ entry, caseId, session }: EntryProps): JSX.Element {
  const { entry_id: id, kind, text, question } = entry
  return (
    <li id={`entry-${id}`} class={`entry is-${kind}`}>
      <p class="entry-head">
        <b class="record-kind">{kindNames[kind]}</b> <Name of={entry.author} max={80} />{' '}
        <span class="note">
          {entry.role}, <Instant at={entry.written_at} />
        </span>
      </p>
      {question === null ? null : <Asked question={question} />}
      {text === null ? null : (
        <blockquote class="entry-text">
          <bdi>{visibleText(text)}</bdi>
        </blockquote>
      )}
      {kind !== 'pin' || question === null ? null : (
        <form method="post" action="/export">
          <FormToken session={session} />
          <input type="hidden" name="case" value={caseId} />
          {Object.entries(question).map(([name, value]) =>
            value === null ? null : <input type="hidden" name={name} value={value} />,
          )}
          <button type="submit">Evidence package</button>
        </form>
      )}
    </li>
  )
}

/** The question of an entry, which leads to the answer as the ledger stood then. */
function Asked({ question }: { question: NonNullable<Entry['question']> }): JSX.Element {
  const { of, as_recorded: asRecorded, at, from, to, verb } = question
  const parts = [
    at === null ? '' : `at ${at}`,
    from === null ? '' : `from ${from}`,
    to === null ? '' : `to ${to}`,
    verb === null ? '' : `only "${verb}"`,
  ].filter((part) => part !== '')
  return (
    <p>
      <a class="thing" href={pageUrl('/ask', question)}>
        <Name of={of} max={300} />
      </a>{' '}
      <span class="frozen">
        {parts.length === 0 ? null : (
          <>
            <Name of={parts.join(', ')} max={200} />{' '}
          </>
        )}
        as the ledger stood at <Instant at={asRecorded} />
      </span>
    </p>
  )
}
