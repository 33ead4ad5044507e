import { WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import type { PageEnv } from '../../session/index.ts'

/** The parameters of a question, as the address of its page holds them. */
export interface PageQuestion {
  readonly of: string
  readonly at?: string
  readonly as_recorded?: string
  readonly from?: string
  readonly to?: string
  readonly verb?: string
}

/** The parameters beside the handle. */
export const optionalNames = ['at', 'as_recorded', 'from', 'to', 'verb'] as const

/** Reads the question of a page. Throws `invalid_handle` without a handle; the API checks the rest. */
export function readQuestion(c: Context<PageEnv>): PageQuestion {
  return questionOf((name) => c.req.query(name))
}

/** Reads the question of a form or an address. Throws `invalid_handle` without a handle. */
export function questionOf(read: (name: string) => string | null | undefined): PageQuestion {
  const of = read('of') ?? ''
  if (of === '') throw new WhodidError('invalid_handle', '"of" expected a handle; got none')
  const given = optionalNames.flatMap((name) => {
    const value = read(name) ?? ''
    return value === '' ? [] : [[name, value] as const]
  })
  return { of, ...Object.fromEntries(given) }
}
