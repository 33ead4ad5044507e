import { createPalette, renderAnswer, usesColor } from '@whodid/client'
import type { WhoDidAnswer } from '@whodid/model'
import type { ServiceEvent } from '@whodid/server'
import { goOnText, openingText, plainLogsText, questionText, stepText } from './demo-text.ts'
import type { WhodidFacts } from './demo-text.ts'
import type { PlainLogs, Stage } from './stage.ts'

/** A stream that the demo writes to. */
export interface DemoOutput {
  /** Writes text as it is. */
  write(text: string): void
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number
}

/** The streams and the environment of the process that plays the demo. */
export interface DemoTerminal {
  /** Receives the story, or with `json` the one object. */
  readonly stdout: DemoOutput
  readonly stderr: DemoOutput
  /** `NO_COLOR`, `FORCE_COLOR` and `TERM` are read. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Shows the demo while it runs. */
export interface DemoScreen {
  readonly progress: (line: string) => void
  /** Shows what goes wrong with the service. */
  readonly event: (event: ServiceEvent) => void
  readonly opening: () => void
  readonly step: (who: string, what: string) => void
  readonly plainLogs: (logs: PlainLogs) => void
  readonly answers: (answers: Readonly<Record<string, WhoDidAnswer>>) => void
  readonly wrong: (sentences: readonly string[]) => void
  readonly serveOn: (facts: WhodidFacts, stage: Stage) => void
}

/** The demo for a person, a story; or with `json` for a program, one object on standard output and progress on the other. */
export function createDemoScreen(terminal: DemoTerminal, json: boolean): DemoScreen {
  const { stderr } = terminal
  const common = {
    progress: (line: string) => stderr.write(`${line}\n`),
    event: (event: ServiceEvent) => {
      if (event.event === 'warning' || event.event === 'engine_exited')
        stderr.write(`whodid: warning: ${event.message}\n`)
    },
    wrong: (sentences: readonly string[]) =>
      stderr.write(`whodid demo: an answer is wrong: ${sentences.join('; ')}\n`),
  }
  return { ...common, ...(json ? jsonScreen(terminal) : storyScreen(terminal)) }
}

type Shown = Pick<DemoScreen, 'opening' | 'step' | 'plainLogs' | 'answers' | 'serveOn'>

function jsonScreen({ stdout, stderr }: DemoTerminal): Shown {
  return {
    opening: () => stderr.write('Playing the incident…\n'),
    step: () => undefined,
    plainLogs: () => stderr.write('Asking who did it…\n'),
    answers: (answers) => stdout.write(`${JSON.stringify({ answers })}\n`),
    serveOn: () => undefined,
  }
}

function storyScreen({ stdout, environment }: DemoTerminal): Shown {
  const color = usesColor(stdout.isTerminal, environment)
  const palette = createPalette(color)
  return {
    opening: () => stdout.write(openingText(palette)),
    step: (who, what) => stdout.write(stepText(who, what, palette)),
    plainLogs: (logs) => stdout.write(plainLogsText(logs, palette)),
    answers: (answers) => {
      for (const [handle, answer] of Object.entries(answers))
        stdout.write(
          `${questionText(handle, palette)}${renderAnswer(answer, { color, width: stdout.width })}`,
        )
    },
    serveOn: (facts, stage) => stdout.write(goOnText(facts, stage, palette)),
  }
}
