import type { Convention } from './convention.ts'
import { textOf } from './telemetry.ts'

/** Model Context Protocol, by `mcp.method.name`. */
export const mcp: Convention = {
  name: 'mcp',
  speaks: ({ attributes }) => attributes.has('mcp.method.name'),
  ofAgent: () => false,
  kind: ({ attributes }) => {
    const method = textOf(attributes, 'mcp.method.name')
    if (method === 'tools/call') return 'tool_call'
    return method === 'resources/read' ? 'input' : ''
  },
  read: ({ attributes }, kind) => ({
    resourceId: textOf(attributes, 'mcp.resource.uri'),
    inputSource: kind === 'input' ? textOf(attributes, 'mcp.resource.uri') : '',
    verb: kind === 'input' ? 'read' : '',
  }),
}
