import type { Context, Hono } from 'hono'
import { signedIn } from './session/index.ts'
import type { PageEnv, Sessions } from './session/index.ts'
import {
  accessLogPage,
  actsPage,
  addCaseEntry,
  agentsPage,
  answerPage,
  answerCopy,
  exportPackage,
  endSession,
  recordProof,
  casePage,
  casesPage,
  comparePage,
  completenessPage,
  decideFinding,
  findingPage,
  findingsPage,
  findPage,
  ghostsPage,
  helpPage,
  homePage,
  instancePage,
  livePage,
  liveStream,
  personPage,
  sessionsPage,
  templatePage,
} from './pages/index.ts'
import type { PageDeps } from './pages/index.ts'

type Handler = (c: Context<PageEnv>) => Response | Promise<Response>

/** Adds every page of a signed-in reader, on one screen. */
export function addPages(
  app: Hono<PageEnv>,
  { sessions, ...deps }: PageDeps & { readonly sessions: Sessions },
): void {
  const session = signedIn(sessions)
  const page = (path: string, handler: Handler): void => void app.get(path, session, handler)
  page('/', homePage(deps))
  page('/find', findPage(deps))
  page('/ask', answerPage(deps))
  page('/ask.txt', answerCopy(deps, 'txt'))
  page('/ask.json', answerCopy(deps, 'json'))
  page('/ask.md', answerCopy(deps, 'md'))
  page('/proof', recordProof(deps))
  page('/instance', instancePage(deps))
  page('/compare', comparePage(deps))
  page('/completeness', completenessPage(deps))
  page('/person', personPage(deps))
  page('/template', templatePage(deps))
  page('/acts', actsPage(deps))
  page('/agents', agentsPage(deps))
  page('/findings', findingsPage(deps))
  page('/finding', findingPage(deps))
  page('/ghosts', ghostsPage(deps))
  page('/live', livePage(deps))
  page('/live/stream', liveStream(deps))
  page('/cases', casesPage(deps))
  page('/case', casePage(deps))
  page('/access-log', accessLogPage(deps))
  page('/sessions', sessionsPage(sessions))
  page('/help', helpPage)
  app.post('/case', session, addCaseEntry(deps))
  app.post('/finding', session, decideFinding(deps))
  app.post('/sessions', session, endSession(sessions))
  app.post('/export', session, exportPackage(deps))
}
