/**
 * Scopes whose `gen_ai.agent.id` names a running instance (a LangChain run, a CrewAI object, an Agent 365 identity) and
 * not the agent as deployed, against what the semantic conventions say of that attribute.
 */
const instanceScopes = /^opentelemetry\.instrumentation\.(?:langchain|crewai)$|^Agent365Sdk/u

export function isInstanceScope(scopeName: string): boolean {
  return instanceScopes.test(scopeName)
}
