import type { Schemas } from '@whodid/client'
import type { JSX } from 'hono/jsx/jsx-runtime'
import {
  durationText,
  Instant,
  Name,
  Quote,
  statedTemplates,
  Thing,
  toUnixMs,
} from '../../parts/index.ts'
import { countBoth } from './count-both.ts'
import type { RunSide } from './run-side.ts'

/** Lines of a table of differences that are shown. */
const linesMax = 200

interface Sides {
  readonly a: RunSide
  readonly b: RunSide
}

/** The facts of two runs, a line each, with a mark where they differ. */
export function SideFacts({ a, b }: Sides): JSX.Element {
  const facts: readonly (readonly [string, (side: RunSide) => string])[] = [
    ['Template', (side) => [...new Set(templatesOf(side).map(({ id }) => id))].join(', ')],
    [
      'Version',
      (side) =>
        templatesOf(side)
          .flatMap(({ version }) => version ?? [])
          .join(', '),
    ],
    ['For whom', ({ about }) => (about?.delegators ?? []).map(({ id }) => id).join(', ')],
    ['Prompt', ({ prompt }) => prompt?.hash ?? ''],
    ['Started by', ({ about }) => (about?.parents ?? []).join(', ')],
    ['Lived', livedText],
    ['Records', ({ about }) => (about === null ? '' : about.records.toLocaleString('en'))],
    ['Resources', ({ radius }) => radius.resources_total.toLocaleString('en')],
  ]
  return (
    <>
      <table class="versus">
        <caption class="unseen">The facts of both runs</caption>
        <thead>
          <tr>
            <th scope="col">Fact</th>
            <th scope="col">
              A <Thing kind="instance" id={a.id} max={60} />
            </th>
            <th scope="col">
              B <Thing kind="instance" id={b.id} max={60} />
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Began</th>
            {[a, b].map(({ about }) => (
              <td>{about === null ? 'Not on record' : <Instant at={about.first_at} />}</td>
            ))}
          </tr>
          {facts.map(([label, textOf]) => (
            <FactRow label={label} a={textOf(a)} b={textOf(b)} />
          ))}
        </tbody>
      </table>
      <Prompts a={a} b={b} />
    </>
  )
}

function templatesOf({ about }: RunSide): ReturnType<typeof statedTemplates> {
  return statedTemplates(about?.templates ?? [])
}

function FactRow({ label, a, b }: { label: string; a: string; b: string }): JSX.Element {
  return (
    <tr class={a === b ? '' : 'is-other'}>
      <th scope="row">
        {label} <span class="note">{a === b ? 'same' : 'differs'}</span>
      </th>
      {[a, b].map((text) => (
        <td>
          {text === '' ? <span class="absent">Not on record</span> : <Name of={text} max={200} />}
        </td>
      ))}
    </tr>
  )
}

function livedText({ about }: RunSide): string {
  return about === null ? '' : durationText(toUnixMs(about.last_at) - toUnixMs(about.first_at))
}

/** The texts of the prompts: one where both ran under the same. */
function Prompts({ a, b }: Sides): JSX.Element {
  const isSame = a.prompt?.hash !== null && a.prompt?.hash === b.prompt?.hash
  return (
    <section class="panel">
      <h2>
        Prompt <span class="count">{isSame && a.prompt !== null ? 'the same' : ''}</span>
      </h2>
      {(isSame ? [a] : [a, b]).map(({ prompt, id }) =>
        prompt === null ? (
          <p class="absent">
            No prompt of <Name of={id} max={60} /> is on record.
          </p>
        ) : (
          <Quote
            text={prompt.text}
            label={`prompt of ${isSame ? 'both' : id === a.id ? 'A' : 'B'}`}
          />
        ),
      )}
    </section>
  )
}

interface CountsProps {
  readonly title: string
  readonly of: string
  readonly a: readonly string[]
  readonly b: readonly string[]
}

/** How often each name occurs in either run: the differences first. */
export function BothCounts({ title, of, a, b }: CountsProps): JSX.Element {
  const counted = countBoth(a, b)
  return (
    <section class="panel">
      <h2>
        {title} <span class="count">{counted.length}</span>
      </h2>
      {counted.length === 0 ? <p class="absent">Neither has one on record.</p> : null}
      {counted.length === 0 ? null : (
        <table class="versus">
          <caption class="unseen">{title} of both runs, the differences first</caption>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            {counted.slice(0, linesMax).map(({ name, a: inA, b: inB }) => (
              <tr class={inA === inB ? '' : 'is-other'}>
                <th scope="row">
                  {of === 'tool' ? <Thing kind="tool" id={name} max={80} /> : <Name of={name} />}{' '}
                  <span class="note">{markOf(inA, inB)}</span>
                </th>
                <td>{inA}</td>
                <td>{inB}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Cut shown={linesMax} of={counted.length} />
    </section>
  )
}

type Touched = Schemas['TouchedResource']

/** The resources that one run touched, or both, with their acts. */
export function BothResources({
  a,
  b,
}: {
  a: readonly Touched[]
  b: readonly Touched[]
}): JSX.Element {
  const [ofA, ofB] = [a, b].map((side) => new Map(side.map((one) => [one.id, actsOf(one)])))
  const counted = countBoth(
    a.map(({ id }) => id),
    b.map(({ id }) => id),
  )
  return (
    <section class="panel">
      <h2>
        Resources <span class="count">{counted.length}</span>
      </h2>
      {counted.length === 0 ? (
        <p class="absent">Neither has one on record.</p>
      ) : (
        <table class="versus">
          <caption class="unseen">Resources of both runs, those of one alone first</caption>
          <thead>
            <tr>
              <th scope="col">Resource</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            {counted.slice(0, linesMax).map(({ name, a: inA, b: inB }) => (
              <tr class={inA === inB ? '' : 'is-other'}>
                <th scope="row">
                  <Thing kind="resource" id={name} max={120} />{' '}
                  <span class="note">{markOf(inA, inB)}</span>
                </th>
                <td>
                  <Name of={ofA?.get(name) ?? '–'} max={120} />
                </td>
                <td>
                  <Name of={ofB?.get(name) ?? '–'} max={120} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Cut shown={linesMax} of={counted.length} />
    </section>
  )
}

function actsOf({ touches }: Touched): string {
  return touches
    .map(({ verb, outcome, acts }) => {
      const ended = outcome === 'success' ? '' : ` (${outcome ?? 'outcome not recorded'})`
      return `${verb === '' ? 'touched' : verb}${acts > 1 ? ` ×${acts}` : ''}${ended}`
    })
    .join(', ')
}

function markOf(a: number, b: number): string {
  if (a === 0) return 'only B'
  if (b === 0) return 'only A'
  return a === b ? 'both' : 'differs'
}

function Cut({ shown, of }: { shown: number; of: number }): JSX.Element | null {
  return of <= shown ? null : (
    <p class="note">
      {shown} of {of} shown.
    </p>
  )
}
