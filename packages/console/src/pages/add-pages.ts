import type { Context, Hono } from 'hono'
import type { PageEnv } from '../session/page-env.ts'
import { signedIn } from '../session/signed-in.ts'
import type { Sessions } from '../session/sessions.ts'
import { accessLogPage } from './access-log-page.tsx'
import { actsPage } from './acts-page.tsx'
import { agentsPage } from './agents-page.tsx'
import { answerPage } from './answer-page.tsx'
import { answerCopy, exportPackage, recordProof } from './answer-copies.ts'
import { findPage } from './find-page.tsx'
import { helpPage } from './help-page.tsx'
import { homePage } from './home-page.tsx'
import { instancePage } from './instance-page.tsx'
import { livePage, liveStream } from './live-page.tsx'
import type { PageDeps } from './page-deps.ts'
import { personPage } from './person-page.tsx'
import { templatePage } from './template-page.tsx'

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
  page('/person', personPage(deps))
  page('/template', templatePage(deps))
  page('/acts', actsPage(deps))
  page('/agents', agentsPage(deps))
  page('/live', livePage(deps))
  page('/live/stream', liveStream(deps))
  page('/access-log', accessLogPage(deps))
  page('/help', helpPage)
  app.post('/export', session, exportPackage(deps))
}
