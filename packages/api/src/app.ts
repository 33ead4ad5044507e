import { WhodidError } from '@whodid/model'
import type { Api, ApiOptions } from './api-options.ts'
import { boundSelector, statementBoundsDefault } from './bound-selector.ts'
import { errorPage, openApiDocument } from './documents.ts'
import { referencePage } from './reference-page.ts'
import { createGuardedApp } from './guarded-app.ts'
import { createPeopleBook } from '@whodid/query'
import { addMcp } from './mcp/add-mcp.ts'
import { createRecordedRead, systemUnixNs } from './middleware/recorded-read.ts'
import {
  acceptLossRoute,
  accessLogRoute,
  actionsRoute,
  addLogs,
  addPeopleRoute,
  addRegistry,
  addRevocations,
  answerAcceptLoss,
  answerAccessLog,
  answerActions,
  answerAddPeople,
  answerBlastRadius,
  answerCase,
  answerCaseEntry,
  answerCases,
  answerCheckpoints,
  answerCompleteness,
  answerDelegator,
  answerDetections,
  answerErase,
  answerExport,
  answerFind,
  answerFinding,
  answerFindings,
  answerGhosts,
  answerHealth,
  answerHold,
  answerHolds,
  answerImport,
  answerInstance,
  answerIntegrity,
  answerMetrics,
  answerPeople,
  answerProof,
  answerPrune,
  answerReady,
  answerRecords,
  answerRelease,
  answerTail,
  answerTemplates,
  answerTriage,
  answerTrust,
  answerWhoDid,
  answerWhoDidMany,
  blastRadiusRoute,
  caseEntryRoute,
  caseRoute,
  casesRoute,
  checkpointsRoute,
  completenessRoute,
  delegatorRoute,
  detectionsRoute,
  eraseRoute,
  exportRoute,
  findingRoute,
  findingsRoute,
  findRoute,
  ghostsRoute,
  healthRoute,
  holdRoute,
  holdsRoute,
  importRoute,
  instanceRoute,
  integrityRoute,
  metricsRoute,
  peopleRoute,
  proofRoute,
  pruneRoute,
  readyRoute,
  recordsRoute,
  releaseRoute,
  tailRoute,
  templatesRoute,
  treesPath,
  triageRoute,
  trustRoute,
  whoDidManyRoute,
  whoDidRoute,
} from './routes/index.ts'

/** Milliseconds that a list of reads waits for those that are recorded and not in the table yet. */
const readsStoredMsMax = 3_000

/** Waits for the reads that are recorded and not in the table yet: a list without them would not be whole. */
function whenStored(recorder: ApiOptions['readRecorder']): () => Promise<void> {
  return async () => {
    if (await recorder.stored(readsStoredMsMax)) return
    throw new WhodidError(
      'store_unavailable',
      'reads that are recorded could not be stored in ClickHouse yet; expected all of them there within 3 s',
    )
  }
}

/**
 * The HTTP API, every route on one screen. Each `/v1` route takes a bearer token, is bounded, and records the read before its
 * answer leaves. Failures are `application/problem+json`. Does NOT listen: see `startApi`.
 */
export function createApi(options: ApiOptions): Api {
  const { selector, contents, trees, watch, metaLog, rules, retention, exports } = options
  const { tokens, hostCheck = 'loopback', onFailure, revocations } = options
  const { now = systemUnixNs, stopping = new AbortController().signal } = options
  const { findingWriter, detections = [] } = options
  const guards = { tokens, hostCheck, onFailure, openPaths: [treesPath] }
  const { app, counts, load } = createGuardedApp(guards)
  const recordedRead = createRecordedRead({ readRecorder: options.readRecorder, now })
  const bounded = boundSelector(selector, { ...statementBoundsDefault, ...options.statements })
  const readsStored = whenStored(options.readRecorder)
  const question = { selector, recordedRead, readsStored }
  const book = createPeopleBook(selector)
  const sources = { selector: bounded, contents, trees, watch, rules, people: book, revocations }
  const whoDid = { sources, recordedRead, onFailure }
  const evidence = { ...question, contents, trees, watch, metaLog, rules, retention, exports, now }
  const kept = { retention, losses: options.losses, recordedRead }
  const notebook = { ...question, caseWriter: options.caseWriter, now }
  const found = { ...question, findingWriter, detections, now }
  const people = { book, recorder: options.peopleRecorder, recordedRead, now }

  app.openapi(whoDidRoute, answerWhoDid(whoDid))
  app.openapi(findRoute, answerFind({ ...question, contents, now }))
  app.openapi(actionsRoute, answerActions(question))
  app.openapi(instanceRoute, answerInstance(question))
  app.openapi(blastRadiusRoute, answerBlastRadius(question))
  app.openapi(completenessRoute, answerCompleteness({ ...question, trees }))
  app.openapi(templatesRoute, answerTemplates(question))
  app.openapi(delegatorRoute, answerDelegator(question))
  app.openapi(ghostsRoute, answerGhosts({ ...question, book, now }))
  app.openapi(findingsRoute, answerFindings(found))
  app.openapi(findingRoute, answerFinding(found))
  app.openapi(triageRoute, answerTriage(found))
  app.openapi(detectionsRoute, answerDetections(found))
  app.openapi(importRoute, answerImport({ takeImported: options.takeImported, recordedRead }))
  app.openapi(whoDidManyRoute, answerWhoDidMany(whoDid))
  app.openapi(casesRoute, answerCases(notebook))
  app.openapi(caseRoute, answerCase(notebook))
  app.openapi(caseEntryRoute, answerCaseEntry(notebook))
  app.openapi(peopleRoute, answerPeople(people))
  app.openapi(addPeopleRoute, answerAddPeople(people))
  app.openapi(eraseRoute, answerErase(kept))
  app.openapi(pruneRoute, answerPrune(kept))
  app.openapi(holdRoute, answerHold(kept))
  app.openapi(releaseRoute, answerRelease(kept))
  app.openapi(holdsRoute, answerHolds(kept))
  app.openapi(acceptLossRoute, answerAcceptLoss(kept))
  app.openapi(proofRoute, answerProof({ ...question, trees, metaLog }))
  app.openapi(checkpointsRoute, answerCheckpoints(trees))
  app.openapi(integrityRoute, answerIntegrity(watch))
  addLogs(app, trees)
  addRegistry(app, { ...question, sources, registry: options.registry, now })
  addRevocations(app, { revocations, recordedRead, stopping })
  app.openapi(exportRoute, answerExport(evidence))
  app.openapi(trustRoute, answerTrust(evidence))
  app.openapi(tailRoute, answerTail({ ...question, stopping, now }))
  app.openapi(recordsRoute, answerRecords({ ...question, stopping, now }))
  app.openapi(accessLogRoute, answerAccessLog(question))
  app.openapi(healthRoute, answerHealth)
  app.openapi(readyRoute, answerReady(options.readiness))
  app.openapi(metricsRoute, answerMetrics({ metrics: options.metrics, counts, load }))

  addMcp(app, { tokens, hostCheck, fetch: app.fetch, onFailure })

  const document = openApiDocument(app)
  app.get('/openapi.json', (c) => c.json(document))
  let reference: string | undefined
  app.get('/docs/api', (c) => c.html((reference ??= referencePage(document))))
  app.get('/docs/errors', (c) => c.html(errorPage))
  return { fetch: app.fetch, counts }
}
