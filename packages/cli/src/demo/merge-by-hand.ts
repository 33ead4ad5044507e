import { human, tool } from '@whodid/sdk'
import { cast, pullResource } from './cast.ts'
import type { CodeHost } from './code-host.ts'
import { personalToken } from './triage-agent.ts'
import { commitTrailers } from './triage-tools.ts'

/** The engineer merges a pull request by hand; the token is the one that the agent borrows. */
export function mergeByHand(
  host: CodeHost,
  token: string,
  tell: (what: string) => void,
): Promise<void> {
  const number = cast.mergedByHand
  const options = {
    verb: 'update',
    resource: pullResource(number),
    arguments: { number },
    credential: personalToken(cast.dev, token),
  }
  return human({ id: cast.dev }, () =>
    tool('merge_pull_request', options, async (call) => {
      await host.merge(token, number, commitTrailers(call))
      tell(`merges pull request ${number} by hand`)
    }),
  )
}
