import type { Random } from '../random.ts'

/** What a tool of these agents touches. */
interface AgentTool {
  readonly tool: string
  readonly verb: string
  readonly type: string
  /** `mark`: eight hex digits of the run, for a resource that no other run touches. */
  readonly resource: (random: Random, mark: string) => string
}

/** The tools, each with the resources it touches: few kinds, many resources, and of the repositories one that every eighth touch is of. */
export const agentTools: readonly [AgentTool, ...AgentTool[]] = [
  {
    tool: 'merge_pull_request',
    verb: 'update',
    type: 'github.pull',
    resource: (random, mark) => `github:pull:${repository(random, mark)}/${random.int(20_000)}`,
  },
  {
    tool: 'run_sql',
    verb: 'delete',
    type: 'db.row',
    resource: (random, mark) => `db:row:shop/customers/${mark}${random.int(100)}`,
  },
  {
    tool: 'write_file',
    verb: 'create',
    type: 'file',
    resource: (random, mark) => `file:/srv/app/src/${mark}/${random.hex(4)}.ts`,
  },
  {
    tool: 'read_issue',
    verb: 'read',
    type: 'github.issue',
    resource: (random, mark) => `github:issue:${repository(random, mark)}/${random.int(20_000)}`,
  },
  {
    tool: 'send_mail',
    verb: 'send',
    type: 'mail',
    resource: (random, mark) => `mail:message:acme/${mark}${random.hex(8)}`,
  },
]

/** A resource of the first is touched again and again, and has a long past. */
function repository(random: Random, mark: string): string {
  return random.int(8) === 0 ? 'acme/app' : `acme/app-${mark}`
}
