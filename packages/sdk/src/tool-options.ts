import type { Approval } from './approval.ts'
import type { Credential } from './credential.ts'
import type { InputOrigin } from './input.ts'

/** What a tool call does, to what, and by what right. */
export interface ToolOptions {
  /** `create` `read` `update` `delete` `execute` `send` `approve` or your own. Default `execute`. */
  readonly verb?: string
  /** What it touches, as a URI-like ID or a URL: `github:pull:acme/app/812`, `db:row:shop/customers/42`, `file:/srv/app/a.ts`. */
  readonly resource?: string
  /** What the tool is called with. Its hash is always recorded, its text by the capture policy. */
  readonly arguments?: unknown
  /** Whether the intent is recorded, and acknowledged, before the tool runs. Default: true for every verb but `read`. */
  readonly destructive?: boolean
  /** Default: the run's. */
  readonly credential?: Credential
  /** Number from 1 of the plan's step that this call carries out. */
  readonly step?: number
  /** Says that the result enters the model's context. */
  readonly input?: InputOrigin
  /** The decision that allowed the call. */
  readonly approval?: Approval
  /** The model's ID of the call. Default: the action's. */
  readonly callId?: string
  /** `gen_ai.tool.type`, such as `function`, `extension`, `datastore`. */
  readonly type?: string
  readonly description?: string
}
