import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { geminiCli } from './gemini-cli.ts'
import type { Convention } from './telemetry.ts'

/** The agents that come as a program of their own, each with its vocabulary. A record speaks at most one. */
export const programConventions: readonly Convention[] = [claudeCode, codex, geminiCli]
