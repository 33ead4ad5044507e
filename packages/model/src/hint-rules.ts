/**
 * Rules of ingest whose attribute only goes with a claim and does not make it: a session may hold several runs of an
 * agent, and a service several agents. Their values are shown and searched; they never name an instance, never contradict
 * a claim, and are never held against the ingest client.
 */
export const hintRules: ReadonlySet<string> = new Set(['session_id', 'resource.service_name'])
