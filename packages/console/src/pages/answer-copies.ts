import { renderAnswer } from '@whodid/client'
import { printableLine, WhodidError } from '@whodid/model'
import type { Context } from 'hono'
import { readSessionForm } from '../session/index.ts'
import type { PageEnv } from '../session/index.ts'
import { answerOf, problemError } from '../ask-api.ts'
import { markdownAnswer } from './answer/markdown-answer.ts'
import { questionOf, readQuestion } from './answer/read-question.ts'
import type { PageDeps } from './page-deps.ts'

/** Columns of an answer as text. */
const textWidth = 100

const types = {
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
} as const

/** Answers an answer's copy: as text, JSON or Markdown. */
export function answerCopy({ ask }: PageDeps, form: keyof typeof types) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const question = readQuestion(c)
    const call = ask.client(c).GET('/v1/who-did', { params: { query: question } })
    const answer = await answerOf(call)
    const body = {
      txt: () => renderAnswer(answer, { color: false, width: textWidth }),
      json: () => `${JSON.stringify(answer, null, 2)}\n`,
      md: () => markdownAnswer(answer, permalink(c)),
    }[form]()
    return c.body(body, 200, { 'content-type': types[form] })
  }
}

/** Answers `/proof`: the proof of one record, for the check in the browser. */
export function recordProof({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const id = c.req.query('span') ?? ''
    const call = ask.client(c).GET('/v1/actions/{id}/proof', { params: { path: { id } } })
    return c.json(await answerOf(call))
  }
}

/** Answers `POST /export` with the evidence package. */
export function exportPackage({ ask }: PageDeps) {
  return async (c: Context<PageEnv>): Promise<Response> => {
    const form = await readSessionForm(c)
    const body = JSON.stringify(questionOf((name) => form.get(name)))
    const caseId = (form.get('case') ?? '').trim()
    const headers = {
      'content-type': 'application/json',
      ...(caseId === '' ? {} : { 'whodid-case': checkCaseId(caseId) }),
    }
    const answered = await ask.send(c, '/v1/exports', { method: 'POST', headers, body })
    if (answered.status === 200) return new Response(answered.body, { headers: answered.headers })
    throw problemError(await answered.json())
  }
}

/** A header holds no other text than the ID of a case may be. Throws `invalid_parameter`. */
function checkCaseId(caseId: string): string {
  if (/^[ -~]{1,200}$/u.test(caseId)) return caseId
  throw new WhodidError(
    'invalid_parameter',
    `"case" expected 1–200 printable ASCII characters; got "${printableLine(caseId, 60)}"`,
  )
}

/** The address of an answer's page, as the reader's browser has it. */
function permalink(c: Context<PageEnv>): string {
  const { search } = new URL(c.req.url)
  const host = c.req.header('host')
  if (host === undefined || !/^[\w.:[\]-]{1,300}$/u.test(host))
    throw new WhodidError(
      'invalid_parameter',
      `"host" expected a name; got "${printableLine(host ?? '', 60)}"`,
    )
  const secure = c.req.header('x-forwarded-proto') === 'https'
  return `${secure ? 'https' : 'http'}://${host}/ask${search}`
}
