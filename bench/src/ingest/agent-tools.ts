import type { Random } from '../random.ts'

/** What a tool of these agents touches. */
interface AgentTool {
  readonly tool: string
  readonly verb: string
  readonly type: string
  readonly resource: (random: Random) => string
}

/** The tools, each with the resources it touches: few kinds, many resources. */
export const agentTools: readonly [AgentTool, ...AgentTool[]] = [
  {
    tool: 'merge_pull_request',
    verb: 'update',
    type: 'github.pull',
    resource: (random) => `github:pull:acme/app/${random.int(20_000)}`,
  },
  {
    tool: 'run_sql',
    verb: 'delete',
    type: 'db.row',
    resource: (random) => `db:row:shop/customers/${random.int(1_000_000)}`,
  },
  {
    tool: 'write_file',
    verb: 'create',
    type: 'file',
    resource: (random) => `file:/srv/app/src/${random.hex(6)}.ts`,
  },
  {
    tool: 'read_issue',
    verb: 'read',
    type: 'github.issue',
    resource: (random) => `github:issue:acme/app/${random.int(20_000)}`,
  },
  {
    tool: 'send_mail',
    verb: 'send',
    type: 'mail',
    resource: (random) => `mail:message:acme/${random.hex(16)}`,
  },
]
