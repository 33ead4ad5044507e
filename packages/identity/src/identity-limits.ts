/** The bounds of everything that this package takes in or gives out. Times are in seconds, sizes in bytes or members. */
export const identityLimits = {
  /** Largest token or proof. */
  tokenBytesMax: 8_192,
  /** Longest text in a claim, in UTF-16 units: as long as the longest SPIFFE ID. */
  claimLengthMax: 2_048,
  /** Members of a list in a claim. */
  listMax: 64,
  /** Longest scope, in UTF-16 units. */
  scopeLengthMax: 256,
  /** Clocks may differ by this much. */
  skewS: 30,
  /** Longest life of an agent instance token. */
  instanceTokenSMax: 900,
  /** Longest life of a delegated access token. */
  delegatedTokenSMax: 300,
  /** Longest life of a token of another issuer, where a person's session is the subject of an exchange. */
  subjectTokenSMax: 86_400,
  /** Oldest proof of possession. */
  proofAgeSMax: 60,
  /** Agents in a chain: the acting one and those before it. */
  hopsMax: 5,
  /** Identifiers that are remembered to refuse a replay. */
  seenMax: 100_000,
  /** Largest key set of an issuer. */
  keySetBytesMax: 262_144,
  /** Keys of an issuer. */
  keysMax: 64,
  /** A fetched key set is used for this long. */
  keySetAgeSMax: 300,
  /** A key set is not fetched again within this time, even for an unknown key. */
  keySetPauseS: 30,
  /** Time that an issuer has to answer. */
  fetchSMax: 5,
  /** Targets that a revocation state holds. */
  revocationsMax: 1_000_000,
} as const
