import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { PageEnv } from '../session/page-env.ts'

/** Answers with a page. */
export async function htmlOf(c: Context<PageEnv>, page: JSX.Element): Promise<Response> {
  return c.html(`<!doctype html>${await markupOf(page)}`)
}

/** Renders an element, or nothing. */
export async function markupOf(element: JSX.Element | null): Promise<string> {
  const rendered = await element
  return rendered === null ? '' : rendered.toString()
}
