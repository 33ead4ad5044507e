export { createApiClient } from './api-client.ts'
export type { ApiClient, ApiClientOptions, Schemas } from './api-client.ts'
