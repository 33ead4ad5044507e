/** The bounds of the exchange. */
export const issuerLimits = {
  /** Bytes of a request's body. */
  bodyBytesMax: 65_536,
  /** Parameters of a request. */
  parametersMax: 32,
  /** UTF-16 units of `authorization_details`. */
  detailsLengthMax: 16_384,
  /** Scopes of a request. */
  scopesMax: 64,
  /** Requests that are judged at one time, and begun in one second. More are turned away unjudged. */
  atOnceMax: 16,
  perSecondMax: 100,
  /** Seconds that a delegated token lives. */
  lifetimeS: 300,
} as const
