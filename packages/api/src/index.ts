export { createApi } from './app.ts'
export type {
  Api,
  ApiOptions,
  ApiToken,
  LossService,
  PackageMaking,
  RegistryService,
  Role,
} from './api-options.ts'
export type { OnFailure } from './errors/problem.ts'
export type { RefusalCounts } from './metrics/api-metrics.ts'
export type {
  RecordedRevocation,
  RevocationRequest,
  RevocationService,
} from './revocation-service.ts'
export { templateInForce } from '@whodid/query'
export { startApi } from './start-api.ts'
export type { RunningApi, StartApiOptions } from './start-api.ts'
