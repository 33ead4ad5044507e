import { attribute } from '@whodid/model'
import type { Attributes } from '../otlp/batch.ts'
import { isObjectId } from './object-id.ts'
import { textOf } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * Scopes whose `gen_ai.agent.id` names a running instance (a LangChain run, a CrewAI object, an Agent 365 identity) and
 * not the agent as deployed, against what the semantic conventions say of that attribute.
 */
const instanceScopes = /^opentelemetry\.instrumentation\.(?:langchain|crewai)$|^Agent365Sdk/u

export function isInstanceScope(scopeName: string): boolean {
  return instanceScopes.test(scopeName)
}

/**
 * Whether a span's own `gen_ai.agent.id` is that of an object in its process, and the agent's name beside it the name of
 * what was deployed: Semantic Kernel, Microsoft Agent Framework and AutoGen send it so. A record that speaks Whodid's
 * names means the template by it, whatever it looks like.
 */
export function namesObject({ attributes }: Pick<Telemetry, 'attributes'>): boolean {
  const id = textOf(attributes, attribute.templateId)
  const name = textOf(attributes, attribute.templateName)
  return id !== '' && name !== '' && id !== name && isObjectId(id) && !speaksWhodid(attributes)
}

/** Whether any of a record's own attributes is Whodid's. */
export function speaksWhodid(attributes: Attributes): boolean {
  for (const key of attributes.keys()) if (key.startsWith('whodid.')) return true
  return false
}
