export type { AskTool, ToolQuestion } from './mcp-server.ts'
export { serveMcpStdio } from './serve-mcp-stdio.ts'
export type { McpStdioOptions } from './serve-mcp-stdio.ts'
