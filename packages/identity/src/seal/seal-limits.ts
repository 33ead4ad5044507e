/** The bounds of a seal. */
export const sealLimits = {
  /** Spans that one seal covers. */
  leavesMax: 256,
  /** Seals that a collector verifies in one request: each costs a check of a signature. */
  perRequestMax: 8,
  /** Characters of a seal, as a JWS. It keeps within one attribute of a record. */
  lengthMax: 60_000,
  /** Characters of the SPIFFE ID of an instance. */
  issuerLengthMax: 2_048,
} as const
