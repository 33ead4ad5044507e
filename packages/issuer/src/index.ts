export { createIssuer } from './create-issuer.ts'
export type { Issuer, IssuerOptions, JudgedExchange } from './create-issuer.ts'
export { issuerLimits } from './issuer-limits.ts'
