import type { HandleKind } from '@whodid/model'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { Name } from './agent-text.tsx'

/** The address of a page, with its parameters; those without a value are left out. */
export function pageUrl(
  path: string,
  parameters: Readonly<Record<string, string | null | undefined>>,
): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== '') search.set(name, value)
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Kinds of handle that have a page of their own; the others lead to the answer. */
const pageOfKind: Partial<Record<HandleKind, string>> = {
  instance: '/instance',
  template: '/template',
  delegator: '/person',
}

/** The address of the page of a thing. */
export function thingUrl(kind: HandleKind, id: string): string {
  const page = pageOfKind[kind]
  return page === undefined ? pageUrl('/ask', { of: `${kind}:${id}` }) : pageUrl(page, { id })
}

/** The address of a comparison. An ID may look like a handle of another kind; with its own kind it does not. */
export function compareUrl(a: string, b?: string): string {
  return pageUrl('/compare', { a: `instance:${a}`, b: b === undefined ? b : `instance:${b}` })
}

/** A thing's name, which leads to its page. */
export function Thing({
  kind,
  id,
  max,
}: {
  kind: HandleKind
  id: string
  max?: number
}): JSX.Element {
  return (
    <a class={`thing thing-${kind}`} href={thingUrl(kind, id)}>
      <Name of={id} {...(max === undefined ? {} : { max })} />
    </a>
  )
}
