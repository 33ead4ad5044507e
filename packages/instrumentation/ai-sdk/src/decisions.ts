import type { ApprovalOptions } from '@whodid/sdk'

/** Messages of one call that are looked at, the newest first. */
const messagesMax = 10_000
/** Parts of one message that are looked at. */
const partsMax = 1000

/** A decision on a tool call, as messages and steps state it. */
export interface Decision extends Pick<ApprovalOptions, 'decision' | 'source' | 'reason' | 'id'> {
  readonly callId: string
  readonly tool: string
  readonly input: unknown
}

/** The text of the newest message of the user, which the run is about; undefined where there is none. */
export function lastUserText(messages: unknown): string | undefined {
  if (typeof messages === 'string') return messages
  if (!Array.isArray(messages)) return undefined
  const message: unknown = messages
    .slice(-messagesMax)
    .findLast((one: unknown) => member(one, 'role') === 'user')
  const content = member(message, 'content')
  if (typeof content === 'string') return content
  const texts = partsOf(message).flatMap((part) => {
    const text = member(part, 'text')
    return member(part, 'type') === 'text' && typeof text === 'string' ? [text] : []
  })
  return message === undefined ? undefined : texts.join('\n')
}

/** The answers to requests for approval with which a conversation goes on: those in its last message. */
export function decisionsIn(messages: unknown): readonly Decision[] {
  if (!Array.isArray(messages)) return []
  const recent: unknown[] = messages.slice(-messagesMax)
  const last = recent.at(-1)
  if (member(last, 'role') !== 'tool') return []
  const answers = partsOf(last).filter((part) => member(part, 'type') === 'tool-approval-response')
  if (answers.length === 0) return []
  const parts = recent.flatMap(partsOf)
  return answers.flatMap((answer) => decisionOf(answer, parts, 'human'))
}

/** The requests for approval of one step, and the answers that the framework's own rules gave at once. */
export function decisionsOfStep(content: unknown): readonly Decision[] {
  const parts = Array.isArray(content) ? content.slice(0, partsMax) : []
  return parts.flatMap((part: unknown) => {
    const type = member(part, 'type')
    if (type === 'tool-approval-response') return decisionOf(part, parts, 'policy')
    if (type !== 'tool-approval-request') return []
    const id = member(part, 'approvalId')
    const isAnswered = parts.some(
      (other: unknown) =>
        member(other, 'type') === 'tool-approval-response' && member(other, 'approvalId') === id,
    )
    if (isAnswered) return []
    return [{ ...idOf(id), decision: 'require_approval', source: 'policy', ...callOf(part, parts) }]
  })
}

function decisionOf(answer: unknown, parts: readonly unknown[], source: string): Decision[] {
  const id = member(answer, 'approvalId')
  const request = parts.find(
    (part) => member(part, 'type') === 'tool-approval-request' && member(part, 'approvalId') === id,
  )
  const reason = member(answer, 'reason')
  return [
    {
      ...idOf(id),
      decision: member(answer, 'approved') === true ? 'allow' : 'deny',
      source,
      ...(typeof reason === 'string' ? { reason } : {}),
      ...callOf(request, parts),
    },
  ]
}

/** The call that a request is about: in the request itself, or in the part that its ID names. */
function callOf(
  request: unknown,
  parts: readonly unknown[],
): Pick<Decision, 'callId' | 'tool' | 'input'> {
  const id = member(member(request, 'toolCall'), 'toolCallId') ?? member(request, 'toolCallId')
  const call =
    member(request, 'toolCall') ??
    parts.find((part) => member(part, 'type') === 'tool-call' && member(part, 'toolCallId') === id)
  return {
    callId: typeof id === 'string' ? id : '',
    tool: textOf(member(call, 'toolName')),
    input: member(call, 'input'),
  }
}

function idOf(id: unknown): { readonly id?: string } {
  return typeof id === 'string' ? { id } : {}
}

function partsOf(message: unknown): readonly unknown[] {
  const content = member(message, 'content')
  return Array.isArray(content) ? content.slice(0, partsMax) : []
}

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text that a value is; '' otherwise. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
