import type { AgentMark } from './imported-event.ts'

/**
 * Programs that are agents, by the product token of their user agent or the name of their client, in lower case. A browser, a cloud's
 * command line or a library is none: an agent may use it, and so may a person.
 */
const agentPrograms: readonly string[] = [
  'claude-code',
  'claude-cli',
  'claude-user',
  'codex',
  'codex-cli',
  'copilot-swe-agent',
  'copilot-coding-agent',
  'cursor-agent',
  'devin',
  'gemini-cli',
  'aider',
  'goose',
  'opencode',
  'openhands',
  'chatgpt-user',
  'langchain',
  'langgraph',
  'crewai',
  'mcp-client',
  'whodid-agent',
]

/** Names of authors that agents put on commits, in lower case, as they begin. */
const agentAuthors: readonly string[] = [
  'claude',
  'copilot',
  'codex',
  'cursor agent',
  'devin',
  'gemini',
  'aider',
  'openhands',
  'jules',
]

/** UTF-16 units of a user agent that are looked at. */
const userAgentLengthMax = 512

/** Returns the mark of an agent's program in a user agent or an application's name; [] where it names none. */
export function marksOfUserAgent(userAgent: string, field = 'user_agent'): readonly AgentMark[] {
  const words = userAgent
    .slice(0, userAgentLengthMax)
    .toLowerCase()
    .split(/[\s/;,()]/u)
  const program = agentPrograms.find((name) => words.includes(name))
  return program === undefined ? [] : [{ by: 'client', field, value: program }]
}

/** Returns the mark of an agent among the authors of a commit; [] where none is one. */
export function marksOfAuthor(author: string, field: string): readonly AgentMark[] {
  const name = author.slice(0, userAgentLengthMax).toLowerCase().trim()
  const isAgent = agentAuthors.some((agent) => {
    const next = name.charAt(agent.length)
    return name.startsWith(agent) && (next === '' || next === ' ' || next === '[' || next === '-')
  })
  return isAgent ? [{ by: 'client', field, value: nameOf(author) }] : []
}

/** The name of `Name <address>`. */
function nameOf(author: string): string {
  const at = author.indexOf('<')
  return (at < 0 ? author : author.slice(0, at)).trim()
}

/** Returns the mark that the system itself states; [] without a value. */
export function statedMark(field: string, value: string): readonly AgentMark[] {
  return value === '' ? [] : [{ by: 'system', field, value }]
}
