import { agent, credentialId } from '@whodid/sdk'
import type { Credential } from '@whodid/sdk'
import { runAgentLoop } from './agent-loop.ts'
import { cast } from './cast.ts'
import type { CodeHost } from './code-host.ts'
import { triageModel } from './triage-model.ts'
import { triageTools } from './triage-tools.ts'

/** One launch of `repo-triage`. */
export interface TriageLaunch {
  /** The engineer who launches it, and in whose name it works. */
  readonly engineer: string
  /** The engineer's own access token, which the agent is given to work with. */
  readonly token: string
  readonly prompt: string
  readonly host: CodeHost
  /** Hands a task to `db-fixer`, and resolves with what it reports. */
  readonly delegate: (task: string) => Promise<string>
  readonly tell: (what: string) => void
}

/** Runs a new instance of `repo-triage`, and resolves with its last words. */
export function runTriage(launch: TriageLaunch): Promise<string> {
  return agent(
    {
      template: 'repo-triage',
      name: 'Repo triage',
      version: '1.4.0',
      onBehalfOf: { id: launch.engineer, type: 'human', issuer: cast.identityProvider },
      credential: personalToken(launch.engineer, launch.token),
    },
    () =>
      runAgentLoop({
        model: triageModel,
        tools: triageTools(launch),
        prompt: launch.prompt,
        origin: 'human',
        tell: launch.tell,
      }),
  )
}

/** An engineer's access token as the ledger knows it: by its hash. */
export function personalToken(engineer: string, token: string): Credential {
  return { id: credentialId(token), type: 'pat', subject: engineer, scopes: ['repo'] }
}
