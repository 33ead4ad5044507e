import { expect, test } from 'vitest'
import { toolNameIn } from './tool-name.ts'

test.each([
  ['tools/call refund_order', 'refund_order'],
  ['MCP send tools/call refund_order', 'refund_order'],
  ['execute_tool refund_order', 'refund_order'],
  ['Tool: refund_order', 'refund_order'],
  ['tool.execution:refund_order', 'refund_order'],
  ['running tool: refund_order', 'refund_order'],
  ['Function: refund_order', 'refund_order'],
  ['refund_order.run', 'refund_order'],
  ['refund_order.__call__', 'refund_order'],
  ['shop.refund_order.tool', 'shop.refund_order'],
  ['execute_tool', ''],
  ['tools/call ', ''],
  ['tool that does many things', ''],
  ['chat gpt-4o', ''],
  ['', ''],
])('%s tells %s', (name, tool) => {
  expect(toolNameIn(name)).toBe(tool)
})
