import { describe, expect, it } from 'vitest'
import type { Value } from '../../otlp/batch.ts'
import { isRefusal, statedEnding } from './stated-ending.ts'

const ending = (attributes: Readonly<Record<string, Value>>) =>
  statedEnding(new Map(Object.entries(attributes)))

describe('what attributes say of how an act ended', () => {
  it.each<readonly [string, Value]>([
    ['error.type', 'timeout'],
    ['error.message', 'no such order'],
    ['exception.type', 'KeyError'],
    ['exception.message', 'A-1'],
    ['error', true],
    ['error', 'boom'],
    ['tool.error', 'boom'],
    ['tool.status', 'error'],
    ['tool_status', 'Failed'],
    ['gen_ai.tool.status', 'ERROR'],
    ['gen_ai.tool.call.status', 'timeout'],
    ['mcp.tool.status', 'failure'],
    ['tool.outcome', 'failed'],
    ['isError', true],
    ['is_error', 'true'],
    ['is_error', 1n],
    ['tool.is_error', true],
    ['tool.result.isError', 'True'],
    ['mcp.result.isError', true],
    ['mcp.tool.result.is_error', true],
    ['gen_ai.tool.call.result.is_error', true],
    ['result.is_error', true],
    ['success', false],
    ['success', 'false'],
    ['tool.success', 0n],
    ['gen_ai.tool.success', 'False'],
    ['otel.status_code', 'ERROR'],
    ['rpc.grpc.status_code', 14n],
    ['rpc.response.status_code', 'UNAVAILABLE'],
    ['rpc.jsonrpc.error_code', -32602n],
    ['rpc.connect_rpc.error_code', 'not_found'],
  ])('%s = %s is a failure', (key, value) => {
    expect(ending({ [key]: value })).toBe('failure')
  })

  it.each<readonly [string, Value]>([
    ['tool.approval', 'denied'],
    ['tool.approval.status', 'rejected'],
    ['approval.decision', 'Decline'],
    ['approval_status', 'cancelled'],
    ['permission.decision', 'deny'],
    ['gen_ai.tool.call.decision.outcome', 'deny'],
    ['gen_ai.tool.approval.decision', 'reject'],
    ['tool.decision', 'aborted'],
    ['tool.approved', false],
    ['approval.granted', 'false'],
    ['tool.status', 'rejected'],
  ])('%s = %s is a denial', (key, value) => {
    expect(ending({ [key]: value })).toBe('denied')
  })

  it.each<readonly [string, Value, string]>([
    ['tool.status', 'success', 'success'],
    ['gen_ai.tool.status', 'ok', 'success'],
    ['success', true, 'success'],
    ['rpc.grpc.status_code', 0n, 'success'],
    ['tool.status', 'cancelled', 'unknown'],
    ['gen_ai.tool.call.status', 'interrupted', 'unknown'],
    ['tool.status', 'in_progress', 'open'],
    ['gen_ai.tool.status', 'deferred', 'open'],
  ])('%s = %s is told as it is', (key, value, expected) => {
    expect(ending({ [key]: value })).toBe(expected)
  })

  it.each<readonly [string, Value]>([
    ['error.type', ''],
    ['error.type', null],
    ['error', false],
    ['error', 'none'],
    ['isError', false],
    ['is_error', 'no idea'],
    ['tool.status', 'purple'],
    ['tool.approval', 'approved'],
    ['tool.approved', true],
    ['rpc.response.status_code', 'OK'],
    ['otel.status_code', 'OK'],
    // Of something else than the call.
    ['order.status', 'failed'],
    ['status', 'error'],
    ['decision', 'reject'],
    ['cache.success', false],
    ['http.response.is_error', true],
    ['log.body', 'error'],
    ['constructor', 'error'],
  ])('%s = %s says nothing', (key, value) => {
    expect(ending({ [key]: value })).toBe('')
  })

  it('a denial outranks a failure, and a failure whatever else is said, in any order', () => {
    const said: readonly (readonly [string, Value])[] = [
      ['tool.status', 'success'],
      ['is_error', true],
      ['tool.approved', false],
    ]
    for (const list of [said, said.toReversed()]) {
      expect(ending(Object.fromEntries(list))).toBe('denied')
      expect(ending(Object.fromEntries(list.filter(([key]) => key !== 'tool.approved')))).toBe(
        'failure',
      )
    }
  })

  it('knows a refusal by its word alone', () => {
    for (const word of ['deny', 'Denied', ' rejected ', 'cancelled', 'declined'])
      expect(isRefusal(word)).toBe(true)
    for (const word of ['', 'allow', 'approved', 'require_approval', 'not denied'])
      expect(isRefusal(word)).toBe(false)
  })
})
