export { nestAct, readActChain } from './act-chain.ts'
export type { ActHop } from './act-chain.ts'
export type { Claims } from './claims.ts'
export { mintDelegatedToken, verifyDelegatedToken } from './delegated-token.ts'
export type { DelegatedGrant, DelegatedTokenDemands, VerifiedGrant } from './delegated-token.ts'
export { makeDpopProof, proveKey, verifyDpopProof } from './dpop-proof.ts'
export type { ProofDemands, ProofMaking, ProvenKey, ProvenRequest } from './dpop-proof.ts'
export { checkDetails, effectiveScope } from './effective-scope.ts'
export type { DeniedScope, EffectiveScope, ScopeSides } from './effective-scope.ts'
export { decideExchange } from './exchange-token.ts'
export type {
  DecidedExchange,
  ExchangeDeps,
  ExchangeRequest,
  TemplateCeiling,
} from './exchange-token.ts'
export { identityLimits } from './identity-limits.ts'
export { checkStanding, mintInstanceToken, verifyInstanceToken } from './instance-token.ts'
export type {
  InstanceFacts,
  InstanceTokenDemands,
  IssuedSubject,
  LedgerReference,
  TokenMaking,
  VerifiedInstance,
} from './instance-token.ts'
export { createIssuerKeys } from './issuer-keys.ts'
export type { IssuerKeys, IssuerKeysDeps, TrustedIssuer } from './issuer-keys.ts'
export { keyThumbprint } from './key-thumbprint.ts'
export type { TokenEvidence } from './open-token.ts'
export { orderAct } from './order-act.ts'
export type { ActOnRecord, LogPlace, OrderedAct, PlacedStop, Receipt } from './order-act.ts'
export { readToken, tokenKinds } from './readers/read-token.ts'
export type { TokenKind } from './readers/read-token.ts'
export type { NamedParty, TokenReading } from './readers/token-reading.ts'
export { readAgentCore } from './readers/read-vendor-tokens.ts'
export type { AgentCoreFacts } from './readers/read-vendor-tokens.ts'
export { RefusedToken, refusals } from './refused-token.ts'
export type { Refusal } from './refused-token.ts'
export { revocationActions, revocationKinds, RevocationState } from './revocation-state.ts'
export type {
  AgentStanding,
  RevocableAgent,
  Revocation,
  RevocationTarget,
  Stop,
} from './revocation-state.ts'
export { createSeenIds } from './seen-ids.ts'
export type { SeenIds } from './seen-ids.ts'
export { instanceSpiffeId, parseInstanceId, parseSpiffeId } from './spiffe-id.ts'
export type { InstanceName, SpiffeId } from './spiffe-id.ts'
