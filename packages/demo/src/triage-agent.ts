import { agent, credentialId } from '@whodid/sdk'
import type { Credential } from '@whodid/sdk'
import { runAgentLoop } from './agent-loop.ts'
import { cast } from './cast.ts'
import { triageModel } from './triage-model.ts'
import { triageTools } from './triage-tools.ts'
import type { TriageLaunch } from './triage-tools.ts'

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
        report: launch.report,
      }),
  )
}

/** An engineer's access token as the ledger knows it: by its hash. */
export function personalToken(engineer: string, token: string): Credential {
  return { id: credentialId(token), type: 'pat', subject: engineer, scopes: ['repo'] }
}
