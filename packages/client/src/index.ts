export { createApiClient, dataOf, openApi } from './api-client.ts'
export type { ApiClient, ApiClientOptions, OpenApiOptions, Schemas } from './api-client.ts'
export { requestApi } from './request-api.ts'
export type { ApiAccess, ApiRequest } from './request-api.ts'
export { renderAnswer } from './render/render-answer.ts'
export type { RenderOptions } from './render/render-answer.ts'
export { renderAuthority } from './render/render-authority.ts'
export { renderBlastRadius } from './render/render-blast-radius.ts'
export { renderCase, renderCases } from './render/render-cases.ts'
export { renderDelegator } from './render/render-delegator.ts'
export { renderFind } from './render/render-find.ts'
export { renderDetections, renderFinding, renderFindings } from './render/render-findings.ts'
export { describeGhost, renderGhosts } from './render/render-ghosts.ts'
export { renderInstance } from './render/render-instance.ts'
export {
  renderActions,
  renderReads,
  renderTailLine,
  renderTemplates,
} from './render/render-lists.ts'
export type { TailLine } from './render/render-lists.ts'
export { renderRegistrations } from './render/render-registrations.ts'
export { createPalette, usesColor, wrapText } from './render/terminal-text.ts'
export type { Palette } from './render/terminal-text.ts'
export { localZone } from './time/instant.ts'
export { resolveInstant } from './time/resolve-instant.ts'
export type { InstantOptions } from './time/resolve-instant.ts'
export { rowsAsCsv, rowsAsMarkdown, rowsAsNdjson } from './render/render-rows.ts'
export type { ListRow } from './render/render-rows.ts'
