/**
 * Rules of ingest whose attribute only goes with a claim and does not make it: a session may hold several runs of an
 * agent, and a service several agents. What they give is shown and searched, and it never names an instance, never goes
 * against a claim, and is never held against its exporter.
 */
export const hintRules: ReadonlySet<string> = new Set(['session_id', 'resource.service_name'])
