import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import type { ApprovalDecision } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { captureRemark, resourceAttributes } from './content.ts'
import type { Config } from '../config.ts'
import { put, uuidV7 } from '../context/identity.ts'
import { recordInstant, refOf } from './record.ts'
import { guard } from '../runtime.ts'

/**
 * A decision on a requested action, and its maker. Only `decision` is needed.
 *
 * @example
 * const options: ApprovalOptions = { decision: 'deny', tool: 'drop_table', policy: 'no-drops' }
 */
export interface ApprovalOptions {
  readonly decision: ApprovalDecision
  /** The tool that was asked for. */
  readonly tool?: string
  /** The resource that the call would have touched. */
  readonly resource?: string
  readonly verb?: string
  /** The source of the decision: `human`, `policy`, `hook`, `classifier`, `config`, `timeout`. */
  readonly source?: string
  /** The human who decided. */
  readonly approver?: string
  readonly policy?: string
  readonly reason?: string
  /** ID of the model's tool call that was decided on. */
  readonly callId?: string
  /** ID of the decision where it was made. Default: new. */
  readonly id?: string
}

/** A decision on record; give it to the `tool` it allowed. */
export interface Approval {
  readonly id: string
  readonly decision: ApprovalDecision
  readonly source?: string | undefined
  readonly approver?: string | undefined
  readonly policy?: string | undefined
  readonly reason?: string | undefined
  /** `<trace>-<span>` of the record. */
  readonly ref: string
}

/**
 * Records that an action was allowed, denied, or sent to somebody for approval. A denied call has this record and no
 * action: do not call `tool` for it.
 *
 * @example
 * const allowed = await approval({ decision: 'allow', tool: 'drop_table', approver: 'dba@acme.example' })
 * await tool('drop_table', { verb: 'delete', approval: allowed }, () => drop())
 */
export function approval(options: ApprovalOptions): Promise<Approval> {
  const id = guard(() => options.id ?? uuidV7(), uuidV7())
  const span = recordInstant(scopeHere(), {
    kind: 'approval',
    name: 'approval',
    attributes: ({ config }) => {
      const attributes = approvalAttributes({ ...options, id, ref: '' }, config)
      put(attributes, attribute.toolName, options.tool)
      put(attributes, attribute.toolCallId, options.callId)
      put(attributes, attribute.actionVerb, options.verb)
      if (options.decision === 'deny') attributes[attribute.actionOutcome] = 'denied'
      return { ...attributes, ...resourceAttributes(options.resource, config) }
    },
  })
  return Promise.resolve({ ...options, id, ref: refOf(span) })
}

/** A decision as it stands on its own record and on that of the call it allowed. */
export function approvalAttributes(decided: Approval, config: Config): Attributes {
  const attributes: Attributes = {}
  put(attributes, attribute.approvalId, decided.id)
  put(attributes, attribute.approvalDecision, decided.decision)
  put(attributes, attribute.approvalSource, decided.source)
  put(attributes, attribute.approverId, decided.approver)
  put(attributes, attribute.approvalPolicyId, decided.policy)
  if (decided.reason !== undefined)
    put(attributes, attribute.approvalReason, captureRemark(decided.reason, config))
  return attributes
}
