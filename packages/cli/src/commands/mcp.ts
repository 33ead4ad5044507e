import { serveMcpStdio } from '@whodid/api/mcp'
import type { AskTool } from '@whodid/api/mcp'
import { requestApi } from '@whodid/client'
import type { ApiAccess } from '@whodid/client'
import { printableLine } from '@whodid/model'
import { readApiAccess } from '../api-access.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import { caseIdOf } from '../question-options.ts'

/** `whodid mcp`: the questions as tools of an assistant, over standard input and output. */
export const mcpCommand: Command = {
  name: 'mcp',
  help: `Usage: whodid mcp [options]

Serves the questions to an assistant as tools of the Model Context Protocol, over standard input and output: find, who_did, actions,
instance, blast_radius, verify. An assistant starts it; docs/howto/mcp.md has the lines for its configuration. Every tool only reads,
asks the API with your token, and is in the access log. Texts of agents reach the assistant marked as untrusted, cleaned and cut.

  --case <id>        the case these reads belong to; kept with the record of each

Environment: WHODID_API_URL, WHODID_TOKEN.`,
  run: serveMcp,
}

async function serveMcp(context: CommandContext): Promise<number> {
  const { args, environment, stderr, stopping, protocol } = context
  const typed = parseArguments(
    args,
    { case: { type: 'string' }, json: { type: 'boolean' } },
    { min: 0, max: 0, what: 'no argument' },
  )
  const ask = askApi(await readApiAccess(environment), caseIdOf(typed))
  const onError = (error: Error) => stderr.write(`whodid mcp: ${printableLine(error.message)}\n`)
  await serveMcpStdio({ ...protocol(), ask, stopping, onError })
  return 0
}

function askApi(access: ApiAccess, caseId: string | undefined): AskTool {
  return async ({ tool, path, parameters, signal }) => {
    const userAgent = `whodid-mcp/${tool} (stdio)`
    const asked = { parameters, signal, caseId, userAgent }
    return (await requestApi(access, path, asked)).json()
  }
}
