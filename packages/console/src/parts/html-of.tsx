import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { PageEnv } from '../session/page-env.ts'

/** Answers with a page. */
export async function htmlOf(c: Context<PageEnv>, page: JSX.Element): Promise<Response> {
  const rendered = await page
  return c.html(`<!doctype html>${rendered.toString()}`)
}
