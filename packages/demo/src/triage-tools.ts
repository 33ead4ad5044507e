import { tool } from '@whodid/sdk'
import type { ToolCall } from '@whodid/sdk'
import type { AgentTool, ToolRequest } from './agent-loop.ts'
import { cast, issueResource, pullResource } from './cast.ts'
import type { CodeHost } from './code-host.ts'

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
  readonly report: (what: string) => void
}

/** The tools of `repo-triage`, each recorded as it runs. */
export function triageTools(launch: TriageLaunch): Readonly<Record<string, AgentTool>> {
  return {
    list_issues: listIssues(launch),
    read_issue: readIssue(launch),
    label_issue: labelIssue(launch),
    comment_issue: commentIssue(launch),
    merge_pull_request: mergePullRequest(launch),
    delegate_to_db_fixer: delegateToFixer(launch),
  }
}

/** Commit trailers that name the tool call: they lead from the code host's history into the ledger. */
export function commitTrailers(call: ToolCall): string[] {
  return [`Whodid-Action: ${call.actionId}`, `Traceparent: ${call.traceparent}`]
}

function listIssues({ host }: TriageLaunch): AgentTool {
  const resource = `github:repo:${cast.repository}`
  return ({ step }) =>
    tool('list_issues', { verb: 'read', resource, step }, async () =>
      JSON.stringify(await host.listIssues()),
    )
}

function readIssue({ host, report }: TriageLaunch): AgentTool {
  return async (request) => {
    const number = numberOf(request)
    const heads = await host.listIssues()
    const isTrusted = heads.some((head) => head.number === number && head.authorIsMember)
    const options = {
      verb: 'read',
      resource: issueResource(number),
      arguments: request.arguments,
      step: request.step,
      input: { trust: isTrusted ? 'trusted' : 'untrusted' },
    } as const
    return tool('read_issue', options, async () => {
      const { title, author, authorIsMember, body } = await host.readIssue(number)
      report(`reads issue ${number}, written by ${author}${authorIsMember ? '' : ', an outsider'}`)
      return `${title}\n\n${body}`
    })
  }
}

function labelIssue({ host, token, report }: TriageLaunch): AgentTool {
  return (request) => {
    const number = numberOf(request)
    const label = String(request.arguments['label'])
    const options = { verb: 'update', resource: issueResource(number), ...given(request) }
    return tool('label_issue', options, async () => {
      await host.label(token, number, label)
      report(`labels issue ${number} "${label}"`)
      return 'done'
    })
  }
}

function commentIssue({ host, token, report }: TriageLaunch): AgentTool {
  return (request) => {
    const number = numberOf(request)
    const options = { verb: 'update', resource: issueResource(number), ...given(request) }
    return tool('comment_issue', options, async () => {
      await host.comment(token, number, String(request.arguments['text']))
      report(`comments on issue ${number}`)
      return 'done'
    })
  }
}

function mergePullRequest({ host, token, engineer, report }: TriageLaunch): AgentTool {
  return (request) => {
    const number = numberOf(request)
    const options = { verb: 'update', resource: pullResource(number), ...given(request) }
    return tool('merge_pull_request', options, async (call) => {
      const commit = await host.merge(token, number, commitTrailers(call))
      report(`MERGES pull request ${number} with the token of ${engineer}`)
      return `merged as ${commit}`
    })
  }
}

function delegateToFixer({ delegate, report }: TriageLaunch): AgentTool {
  return (request) => {
    const task = String(request.arguments['task'])
    const options = { verb: 'execute', resource: 'agent:template:db-fixer', ...given(request) }
    return tool('delegate_to_db_fixer', options, () => {
      report(`delegates to db-fixer: "${task}"`)
      return delegate(task)
    })
  }
}

function given(request: ToolRequest): Pick<ToolRequest, 'arguments' | 'step'> {
  return { arguments: request.arguments, step: request.step }
}

/** Models make things up; a tool takes a number or nothing. */
function numberOf(request: ToolRequest): number {
  const number = request.arguments['number']
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new TypeError(`"number" expected a whole number; got ${JSON.stringify(number)}`)
  return number
}
