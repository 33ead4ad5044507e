/** The plugin of OpenCode: it hands what it is called for to the hook's program, and never waits for it. */
export function opencodePlugin(program: string): string {
  return `// Written by "whodid hooks install opencode"; "whodid hooks remove opencode" takes it away. # whodid-hook
import { spawn } from 'node:child_process'

const node = ${JSON.stringify(process.execPath)}
const program = ${JSON.stringify(program)}
const runningMax = 32
let running = 0

function report(event, payload) {
  if (running >= runningMax) return
  try {
    const child = spawn(node, [program, 'opencode', event], { stdio: ['pipe', 'ignore', 'ignore'] })
    running += 1
    child.once('close', () => (running -= 1))
    child.once('error', () => undefined)
    child.stdin.on('error', () => undefined)
    child.stdin.end(JSON.stringify(payload))
  } catch {
    // The agent must not fail because of its record.
  }
}

export const Whodid = async ({ directory }) => {
  const args = new Map()
  return {
    event: async ({ event }) => {
      const about = event.properties ?? {}
      if (event.type === 'session.created' || event.type === 'session.deleted')
        report(event.type, { sessionID: about.info?.id, cwd: directory })
      if (event.type === 'permission.replied' && (about.reply ?? about.response) === 'reject')
        report(event.type, { sessionID: about.sessionID, callID: args.get(about.requestID ?? about.permissionID), cwd: directory })
      if (event.type === 'permission.asked') {
        if (args.size > 1000) args.clear()
        args.set(about.id, about.tool?.callID)
        report(event.type, { sessionID: about.sessionID, tool: about.permission, callID: about.tool?.callID, cwd: directory })
      }
    },
    'chat.message': async ({ sessionID }, { parts }) => {
      const prompt = parts.filter((part) => part.type === 'text').map((part) => part.text).join('\\n')
      report('chat.message', { sessionID, prompt, cwd: directory })
    },
    'tool.execute.before': async ({ tool, sessionID, callID }, output) =>
      report('tool.execute.before', { tool, sessionID, callID, args: output.args, cwd: directory }),
    'tool.execute.after': async ({ tool, sessionID, callID, args: given }, output) =>
      report('tool.execute.after', { tool, sessionID, callID, args: given, output: output.output, cwd: directory }),
  }
}
`
}
