import type { CallEnd } from '@whodid/sdk/open-call'
import { memberOf, textOf } from '../message/json-value.ts'

/** Stands for what made a call fail: its code is the class of the error on record. */
class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The end of a call that was answered: with a result, an error of the protocol, or a request for more input. */
export function endOfResponse(result: unknown, error: unknown): CallEnd {
  if (error !== undefined) {
    const code = memberOf(error, 'code')
    const text = textOf(error, 'message')
    return {
      outcome: 'failure',
      error: new CallFailure(typeof code === 'number' ? String(code) : 'jsonrpc_error', text),
    }
  }
  if (textOf(result, 'resultType') === 'input_required')
    return { outcome: 'unknown', result, attributes: { 'whodid.mcp.ending': 'input_required' } }
  if (memberOf(result, 'isError') === true)
    return { outcome: 'failure', result, error: new CallFailure('tool_error', firstText(result)) }
  return { outcome: 'success', result }
}

/** The end of a call that its caller gave up. What it did before then is not known. */
export function endOfCancelled(reason: string): CallEnd {
  return {
    outcome: 'unknown',
    error: new CallFailure('cancelled', reason),
    attributes: { 'whodid.mcp.ending': 'cancelled' },
  }
}

/** The end of a call to which no answer will come. */
export function endOfUnanswered(reason: string): CallEnd {
  return {
    outcome: 'unknown',
    error: new CallFailure('no_answer', reason),
    attributes: { 'whodid.mcp.ending': 'no_answer' },
  }
}

/** The end of a call that was answered with a status of HTTP instead of a message: 401 and 403 refuse it. */
export function endOfStatus(status: number): CallEnd {
  return {
    outcome: status === 401 || status === 403 ? 'denied' : 'failure',
    error: new CallFailure(`http_${status}`, `the server answered ${status}`),
  }
}

/** The end of a call that the proxy did not let through because of another one of its batch. */
export function endOfRefused(code: string): CallEnd {
  const error = new CallFailure(code, 'the proxy did not let its batch through')
  return { outcome: 'denied', error }
}

function firstText(result: unknown): string {
  const content = memberOf(result, 'content')
  const first: unknown = Array.isArray(content) ? content[0] : undefined
  return textOf(first, 'text')
}
