import { WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Lanes } from '../draw/index.ts'
import { compareUrl, htmlOf, Page, Thing } from '../parts/index.ts'
import type { PageEnv, Session } from '../session/index.ts'
import { BothCounts, BothResources, SideFacts } from './compare/both-sides.tsx'
import { candidatesFor, instanceOfSide, readOfSide, readSide } from './compare/run-side.ts'
import type { RunCandidates, RunSide } from './compare/run-side.ts'
import type { PageDeps } from './page-deps.ts'

/** Answers `/compare`: two instances side by side; with one alone, the runs that it may be compared with. */
export function comparePage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const [a, b] = [c.req.query('a') ?? '', c.req.query('b') ?? '']
    if (a === '') throw new WhodidError('invalid_handle', '"a" expected an instance; got none')
    const client = ask.client(c)
    const session = c.get('session')
    const sideA = await readSide(client, await instanceOfSide(client, 'a', a))
    if (b === '') {
      const candidates = await candidatesFor(client, sideA)
      return htmlOf(c, <ChoosePage session={session} side={sideA} candidates={candidates} />)
    }
    const sideB = await readSide(client, await instanceOfSide(client, 'b', b))
    return htmlOf(c, <ComparePage session={session} a={sideA} b={sideB} />)
  }
}

interface ChooseProps {
  readonly session: Session
  readonly side: RunSide
  readonly candidates: RunCandidates
}

/** Runs of a list that are shown. */
const candidatesShown = 20

function ChoosePage({ session, side, candidates }: ChooseProps): JSX.Element {
  return (
    <Page title="Compare" session={session}>
      <header class="thing-head">
        <p class="kind">Compare</p>
        <h1>
          <Thing kind="instance" id={side.id} />
        </h1>
      </header>
      <form class="filters" method="get" action="/compare">
        <input type="hidden" name="a" value={`instance:${side.id}`} />
        <label>
          With an instance, or an act of one
          <input name="b" required maxlength={4_096} autocomplete="off" />
        </label>
        <button type="submit">Compare</button>
      </form>
      <div class="columns">
        <Candidates title="Other runs of its prompt" side={side} ids={candidates.ofPrompt} />
        <Candidates title="Other runs of its template" side={side} ids={candidates.ofTemplate} />
      </div>
    </Page>
  )
}

function Candidates({
  title,
  side,
  ids,
}: {
  title: string
  side: RunSide
  ids: readonly string[]
}): JSX.Element {
  return (
    <section class="grow">
      <h2>
        {title} <span class="count">{ids.length}</span>
      </h2>
      {ids.length === 0 ? <p class="absent">None is on record.</p> : null}
      <ul class="rows">
        {ids.slice(0, candidatesShown).map((id) => (
          <li>
            <a href={compareUrl(side.id, id)}>Compare</a> with{' '}
            <Thing kind="instance" id={id} max={60} />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface CompareProps {
  readonly session: Session
  readonly a: RunSide
  readonly b: RunSide
}

function ComparePage({ session, a, b }: CompareProps): JSX.Element {
  return (
    <Page title="Compare" session={session}>
      <header class="thing-head">
        <p class="kind">Compare</p>
        <h1>Two runs</h1>
        <p class="asked">
          <a href={compareUrl(b.id, a.id)}>Swap</a> ·{' '}
          <a href={compareUrl(a.id)}>Compare A with another</a>
        </p>
      </header>
      <SideFacts a={a} b={b} />
      {[a, b].map((side, index) => (
        <Timeline side={side} name={index === 0 ? 'A' : 'B'} />
      ))}
      <BothCounts
        title="Tools"
        of="tool"
        a={a.timeline.flatMap(({ tool }) => (tool === null ? [] : [tool]))}
        b={b.timeline.flatMap(({ tool }) => (tool === null ? [] : [tool]))}
      />
      <BothCounts
        title="Inputs"
        of="input"
        a={a.timeline.flatMap(({ input }) => (input === null ? [] : [inputText(input)]))}
        b={b.timeline.flatMap(({ input }) => (input === null ? [] : [inputText(input)]))}
      />
      <BothResources a={a.radius.resources} b={b.radius.resources} />
      {a.isCut || b.isCut ? (
        <p class="note">
          Compared are the first {readOfSide} records and {readOfSide} resources of each;{' '}
          {a.isCut && b.isCut ? 'both have' : `${a.isCut ? 'A' : 'B'} has`} more.
        </p>
      ) : null}
    </Page>
  )
}

function inputText({ source, trust }: { source: string; trust: string }): string {
  return `${source} (${trust})`
}

function Timeline({ side, name }: { side: RunSide; name: string }): JSX.Element {
  const template = side.about?.templates[0]?.id ?? null
  const lane = { instance: side.id, template, depth: 0, entries: side.timeline }
  return (
    <section class="panel">
      <h2>
        Timeline of {name} <span class="count">{side.timeline.length} records</span>
      </h2>
      {side.timeline.length === 0 ? (
        <p class="absent">No record names this instance.</p>
      ) : (
        <Lanes lanes={[lane]} label={`Timeline of ${name}`} />
      )}
    </section>
  )
}
