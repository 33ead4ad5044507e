import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { boundCalls, createMcpServer } from './mcp-server.ts'
import type { AskTool } from './mcp-server.ts'

/** Bytes of one message of the client. */
const messageBytesMax = 262_144

/** The streams and the way to the API of an MCP server that a client starts as its child. */
export interface McpStdioOptions {
  readonly input: Readable
  readonly output: Writable
  readonly ask: AskTool
  /** Aborts when the server should end. */
  readonly stopping: AbortSignal
  /** Receives what went wrong outside a call. */
  readonly onError: (error: Error) => void
}

/**
 * Serves the tools over a pair of streams, for clients of both lines of the protocol. Resolves when the client closes its end, when a
 * message is longer than 262,144 bytes, or when `stopping` aborts; calls under way are given up then.
 */
export async function serveMcpStdio(options: McpStdioOptions): Promise<void> {
  const { input, output, ask, stopping, onError } = options
  const bounded = boundCalls()(ask)
  const transport = new StdioServerTransport(input, output, { maxBufferSize: messageBytesMax })
  const ended = new AbortController()
  const handle = serveStdio(() => createMcpServer(bounded), {
    transport,
    maxSubscriptions: 0,
    onerror: onError,
  })
  const onClose = transport.onclose
  transport.onclose = () => {
    onClose?.()
    ended.abort()
  }
  const over = AbortSignal.any([ended.signal, stopping])
  if (!over.aborted) await once(over, 'abort')
  await handle.close()
}
