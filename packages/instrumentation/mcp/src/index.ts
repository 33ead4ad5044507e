export { recordMcpClient } from './record-mcp-client.ts'
export type { McpClient, McpClientOptions } from './record-mcp-client.ts'
export { recordMcpServer } from './record-mcp-server.ts'
export type { McpServer, McpServerOptions } from './record-mcp-server.ts'
