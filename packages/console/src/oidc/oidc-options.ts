/** A group of the provider, and what its members may do here. */
export interface GroupRule {
  readonly role: 'investigator' | 'admin'
  readonly tenant: string
  /** The group, exactly as the provider's claim has it. */
  readonly group: string
}

/** How people sign in with an OpenID provider. */
export interface OidcOptions {
  /** The provider's issuer, an `https` URL; `http` on this machine alone. */
  readonly issuer: string
  readonly clientId: string
  /** Undefined for a public client, which the proof of possession of the code (PKCE) alone protects. */
  readonly clientSecret: string | undefined
  /** The console's URL as browsers have it, without a slash at its end. The provider must know `<url>/sign-in/oidc/callback`. */
  readonly consoleUrl: string
  readonly scopes: string
  /** The claim that lists the groups of a person. */
  readonly groupsClaim: string
  /** The claim that names a person; it stands in the access log. */
  readonly nameClaim: string
  /** In the order of precedence: the first that fits decides role and tenant. */
  readonly groupRules: readonly GroupRule[]
  /** Milliseconds after which a session ends, whatever is done with it: the groups are looked at again then. */
  readonly sessionMs: number
}

/** The path that the provider sends browsers back to. */
export const callbackPath = '/sign-in/oidc/callback'
