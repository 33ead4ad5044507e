import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import { Provider } from 'oidc-provider'
import type { ClientMetadata } from 'oidc-provider'

/** A person whom the provider knows. */
export interface Person {
  readonly email: string
  readonly emailVerified?: boolean
  readonly groups: readonly string[]
}

/** A real OpenID provider on this machine. A person signs in with a name and no password. */
export interface TestProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly setPeople: (people: Readonly<Record<string, Person>>) => void
  readonly stop: () => Promise<void>
}

/** The form of a provider. */
export interface ProviderOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Scopes of persons' access tokens, which the provider gives as JWT, for any resource server, to a client `agents`. */
  readonly resource?: { readonly scopes: string; readonly callback: string }
  /** True puts the groups into the ID token; otherwise they are told to who asks for more. */
  readonly claimsInToken?: boolean
}

/**
 * Starts a provider that knows one client, whose redirect URI is that of `consoleUrl`. It is `localhost`, so that a console at 127.0.0.1 is
 * another site for a browser.
 */
export async function startOidcProvider(
  consoleUrl: string,
  options: ProviderOptions = {},
): Promise<TestProvider> {
  const server = createServer()
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const issuer = `http://localhost:${port}`
  let people: Readonly<Record<string, Person>> = {}
  const client = { clientId: 'whodid', clientSecret: 'a secret of the test client' }
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${consoleUrl}/sign-in/oidc/callback`],
      },
      ...clientsOf(options.resource),
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'email', 'groups'],
    conformIdTokenClaims: options.claimsInToken !== true,
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      ...resourcesOf(options.resource),
    },
    cookies: { keys: ['a key of the test'] },
    findAccount: (_context, id) => {
      const person = people[id]
      if (person === undefined) return undefined
      const { email, emailVerified = true, groups } = person
      return {
        accountId: id,
        claims: () => ({ sub: id, email, email_verified: emailVerified, groups: [...groups] }),
      }
    },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => void answer(request, response))
  return {
    issuer,
    ...client,
    setPeople: (known) => (people = known),
    stop: () => closed(server),
  }
}

/** A client without a secret, as an agent's host is. */
function clientsOf(resource: ProviderOptions['resource']): ClientMetadata[] {
  if (resource === undefined) return []
  return [
    {
      client_id: 'agents',
      token_endpoint_auth_method: 'none',
      redirect_uris: [resource.callback],
    },
  ]
}

function resourcesOf(resource: ProviderOptions['resource']): object {
  if (resource === undefined) return {}
  const { scopes } = resource
  return {
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context: unknown, indicator: string) => ({
        scope: scopes,
        audience: indicator,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
