import { recordProxied } from '@whodid/mcp-proxy'
import type { ProxyTarget, ToolRule } from '@whodid/mcp-proxy'
import { printableLine, WhodidError } from '@whodid/model'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'
import type { ParsedArguments } from '../parse-arguments.ts'

/** `whodid mcp-proxy`: stands between an MCP client and a server, and records the calls. */
export const mcpProxyCommand: Command = {
  name: 'mcp-proxy',
  help: `Usage: whodid mcp-proxy [options] -- <server command> [argument…]
       whodid mcp-proxy [options] --url <endpoint>

Stands between an MCP client and a server and records each tool call, resource read and prompt: the caller, the hash of the arguments,
the result, the failure, and what the server asked back (elicitation, sampling). Every message passes unchanged, but that a call gets the
trace and the delegation in its "_meta". The first form is started by the client in place of the server; the second listens, and
prints the address that the client takes in place of the server's. docs/howto/mcp-proxy.md has the lines for a client's configuration.

  --url <endpoint>       a server that is reached over Streamable HTTP
  --listen <host:port>   where to listen for its client; default 127.0.0.1 and a free port
  --name <name>          the server's name in resources; default what it calls itself, or its host
  --resource <tool=id>   what a tool touches, arguments in braces: merge=github:pull:{owner}/{repo}/{number}; may be repeated
  --verb <tool=verb>     what a tool does: read, create, update, delete, send…; default execute; may be repeated
  --template <id>        the agent that the client is, outside of "whodid run"; default WHODID_AGENT_TEMPLATE
  --for <person>         whom it acts for; default WHODID_DELEGATOR
  --carry <what>         what a call carries to the server: all (default), trace, none
  --require-ledger       refuse a call that could not be recorded first; default: it runs, and the loss is told
  --require-standing     refuse a call that can change something while it is not known which agents are stopped; default: it runs

With WHODID_REVOCATIONS_FROM or WHODID_API_URL a call of an agent that is stopped does not reach the server (docs/howto/kill.md).

Environment: WHODID_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT, WHODID_INGEST_TOKEN, WHODID_CAPTURE, and the run's own, which "whodid run" sets.`,
  run: proxy,
}

async function proxy(context: CommandContext): Promise<number> {
  const { args, environment, stderr, stopping } = context
  const typed = parseArguments(
    args,
    {
      url: { type: 'string' },
      listen: { type: 'string' },
      name: { type: 'string' },
      resource: { type: 'string', multiple: true },
      verb: { type: 'string', multiple: true },
      template: { type: 'string' },
      for: { type: 'string' },
      carry: { type: 'string' },
      'require-ledger': { type: 'boolean' },
      'require-standing': { type: 'boolean' },
      json: { type: 'boolean' },
    },
    { min: 0, max: argumentsMax, what: 'a command behind "--", or --url' },
  )
  return recordProxied({
    target: readTarget(typed, context),
    environment,
    server: typed.value('name'),
    template: typed.value('template'),
    onBehalfOf: typed.value('for'),
    rules: readRules(typed),
    carry: readCarry(typed.value('carry') ?? 'all'),
    requireLedger: typed.flag('require-ledger'),
    requireStanding: typed.flag('require-standing'),
    stopping,
    tell: (line) => {
      stderr.write(`whodid mcp-proxy: ${printableLine(line, lineLengthMax)}\n`)
    },
  })
}

/** Words of a server's command. */
const argumentsMax = 1_000
const lineLengthMax = 1_000

function readTarget(typed: ParsedArguments, context: CommandContext): ProxyTarget {
  const { positionals: command } = typed
  const url = typed.value('url')
  const listen = typed.value('listen')
  if ((url === undefined) === (command.length === 0))
    throw invalid('mcp-proxy', 'a server command behind "--", or --url, and not both')
  if (url === undefined) {
    if (listen !== undefined) throw invalid('--listen', 'to stand beside --url')
    return { kind: 'stdio', command, ...context.protocol() }
  }
  if (!/^https?:\/\//u.test(url) || !URL.canParse(url))
    throw invalid('--url', `an http or https URL; got "${printableLine(url)}"`)
  const { stdout } = context
  return {
    kind: 'http',
    upstream: new URL(url),
    ...readListen(listen),
    onListening: (address) => {
      stdout.write(
        typed.flag('json')
          ? `${JSON.stringify({ event: 'listening', url: address, server: url })}\n`
          : `${address}\n`,
      )
    },
  }
}

const portMax = 65_535

function readListen(text = '127.0.0.1:0'): { readonly host: string; readonly port: number } {
  const [, host = '', digits = ''] = /^(?:(.+):)?(\d{1,5})$/u.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > portMax)
    throw invalid('--listen', `<host>:<port>; got "${printableLine(text)}"`)
  return { host: host === '' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/u, '$1'), port }
}

function readRules(typed: ParsedArguments): ReadonlyMap<string, ToolRule> {
  const rules = new Map<string, ToolRule>()
  for (const key of ['resource', 'verb'] as const)
    for (const pair of typed.values(key)) {
      const at = pair.indexOf('=')
      if (at < 1 || at === pair.length - 1)
        throw invalid(`--${key}`, `<tool>=<${key}>; got "${printableLine(pair)}"`)
      const tool = pair.slice(0, at)
      rules.set(tool, { ...rules.get(tool), [key]: pair.slice(at + 1) })
    }
  return rules
}

function readCarry(text: string): 'all' | 'trace' | 'none' {
  if (text === 'all' || text === 'trace' || text === 'none') return text
  throw invalid('--carry', `all, trace or none; got "${printableLine(text)}"`)
}

function invalid(what: string, expected: string): WhodidError {
  return new WhodidError('invalid_parameter', `"${what}" expected ${expected}`)
}
