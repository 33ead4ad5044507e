import { z } from '@hono/zod-openapi'
import { McpServer } from '@modelcontextprotocol/server'
import type { CallToolResult } from '@modelcontextprotocol/server'
import { printableLine, WhodidError } from '@whodid/model'
import { errorGuide } from '../errors/error-guide.ts'
import {
  markUntrusted,
  removeUnprintable,
  textOfMarked,
  untrustedNotice,
} from './mark-untrusted.ts'
import { toolTable } from './tool-table.ts'
import type { McpTool } from './tool-table.ts'

/** A question of a tool, as the API takes it. */
export interface ToolQuestion {
  /** The name of the tool. */
  readonly tool: string
  /** The path of the route, its ID encoded. */
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  /** Aborts when the client gives up the call. */
  readonly signal: AbortSignal
}

/** Asks the API and resolves with its answer. Throws the WhodidError that it answered with. */
export type AskTool = (question: ToolQuestion) => Promise<unknown>

/** Calls that are asked at one time; one more is refused. */
export const callsInFlightMax = 16

/** UTF-16 units of an error's message. */
const messageLengthMax = 600

/** Bounds the calls under way. Throws `too_many_requests` for one more than 16. */
export function boundCalls(): (ask: AskTool) => AskTool {
  let inFlight = 0
  return (ask) => async (question) => {
    if (inFlight >= callsInFlightMax)
      throw new WhodidError('too_many_requests', `${callsInFlightMax} calls are under way already`)
    inFlight += 1
    try {
      return await ask(question)
    } finally {
      inFlight -= 1
    }
  }
}

/**
 * Makes an MCP server with every tool of {@link toolTable}. Each call is one question to `ask`; its answer leaves marked, cleaned and
 * bounded by {@link markUntrusted}. What the API refused becomes a tool error that begins with the stable code.
 */
export function createMcpServer(ask: AskTool): McpServer {
  const server = new McpServer(
    { name: 'whodid', title: 'Whodid: the flight recorder for AI agents', version: serverVersion },
    { instructions: `${instructions} ${untrustedNotice}` },
  )
  for (const tool of toolTable)
    server.registerTool(
      tool.name,
      {
        title: tool.title,
        description: tool.description,
        inputSchema: tool.input,
        outputSchema: outputOf(tool),
        annotations,
      },
      (given, ctx) => answerCall(ask, tool, { given, signal: ctx.mcpReq.signal }),
    )
  return server
}

/** The version of the tools: it changes when a tool changes in a way that a client notices. */
const serverVersion = '1.0.0'

const instructions =
  'Whodid answers who did something: which agent, for whom, from which prompt. Start with find when the clue is vague, then ask who_did.'

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

function outputOf({ output }: McpTool): z.ZodObject {
  return z.object({
    notice: z.string().describe('What to make of the data'),
    data: z.union([output, z.null()]).describe('The answer; null where it was too long to give'),
    cut: z.array(z.string()).describe('What was removed or cut'),
  })
}

interface Call {
  readonly given: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

async function answerCall(ask: AskTool, tool: McpTool, call: Call): Promise<CallToolResult> {
  try {
    const marked = markUntrusted(await ask(questionOf(tool, call)), tool.bounds)
    return {
      content: [{ type: 'text', text: textOfMarked(marked) }],
      structuredContent: { ...marked },
    }
  } catch (thrown) {
    return { isError: true, content: [{ type: 'text', text: errorText(thrown) }] }
  }
}

/** The question that a call asks. The arguments have passed the tool's schema: each is a text or a number. */
export function questionOf(
  { name, path }: Pick<McpTool, 'name' | 'path'>,
  { given, signal }: Call,
): ToolQuestion {
  const parameters: Record<string, string> = {}
  let asked = path
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue
    if (path.includes(`{${key}}`))
      asked = asked.replace(`{${key}}`, () => encodeURIComponent(String(value).toWellFormed()))
    else parameters[key] = String(value)
  }
  return { tool: name, path: asked, parameters, signal }
}

function errorText(thrown: unknown): string {
  const { code, message } =
    thrown instanceof WhodidError
      ? thrown
      : new WhodidError('internal', 'the call failed inside Whodid')
  const said = printableLine(removeUnprintable(message), messageLengthMax)
  return `${code}: ${said}\n${errorGuide[code].advice}`
}
