import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText, textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const clientKind = 3

/** Services whose calls are no acts upon the world: models and receivers of telemetry. */
const asides =
  /(?:^|\.)(?:BedrockRuntime|GenerativeService|PredictionService|(?:Trace|Logs|Metrics)Service)$/u

/** The first word of a method's name, in the style guides that name methods by their effect. */
const verbOfWord: ReadonlyMap<string, string> = new Map<string, string>([
  ...verbs('read', 'Get List Read Search Query Describe Watch Lookup Head Scan Count Check'),
  ...verbs('create', 'Create Insert'),
  ...verbs('update', 'Update Patch Put Set Modify'),
  ...verbs('delete', 'Delete Remove'),
  ...verbs('send', 'Send Publish'),
])

function verbs(verb: string, words: string): (readonly [string, string])[] {
  return words.split(' ').map((word) => [word, verb])
}

/** A remote call as its caller saw it, by `rpc.system.name` or its older name `rpc.system`; MCP says more in its own names. */
export const rpc: Convention = {
  name: 'rpc',
  speaks: ({ kind, attributes }) =>
    kind === clientKind && systemOf(attributes) !== '' && !attributes.has('mcp.method.name'),
  ofAgent: () => false,
  kind: ({ attributes }) => (asides.test(serviceOf(attributes)) ? '' : 'action'),
  read: readRpc,
}

function readRpc({ attributes }: Telemetry, kind: RecordKind): Claims {
  if (kind !== 'action' && kind !== 'tool_call') return {}
  const method = textOf(attributes, 'rpc.method')
  // The newer form has the service in it: `pkg.Service/Method`.
  const word = /^[A-Z][a-z]{0,20}/u.exec(method.slice(method.lastIndexOf('/') + 1))?.[0] ?? ''
  return { verb: verbOfWord.get(word) ?? 'execute' }
}

function systemOf(attributes: Attributes): string {
  return firstText(attributes, ['rpc.system.name', 'rpc.system'])
}

function serviceOf(attributes: Attributes): string {
  const service = textOf(attributes, 'rpc.service')
  if (service !== '') return service
  const method = textOf(attributes, 'rpc.method')
  return method.slice(0, Math.max(method.lastIndexOf('/'), 0))
}

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
