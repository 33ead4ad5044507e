export type { AskTool } from './mcp-server.ts'
export { serveMcpStdio } from './serve-mcp-stdio.ts'
