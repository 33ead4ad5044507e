import { onBehalfOf } from '../run-options.ts'
import type { RunOptions, Unsaid } from '../run-options.ts'
import { inputAttributes, readInput, readThroughTool } from '../read-input.ts'
import { Run } from '../run.ts'
import type { Scene } from '../scene.ts'
import type { Situation } from '../situation.ts'

const page = 'https://forum.example/thread/81'
const ticket = 'https://tickets.example/4711'
const mail = 'mail:stranger@partner.example'

/** What a line of sub-agents leaves unsaid, more and more of it; in the last, only the grants tie them. */
const unsaidOfSubs: readonly (readonly Unsaid[])[] = [
  ['correlation'],
  ['correlation', 'refs', 'chain'],
  ['correlation', 'refs', 'chain', 'parent'],
]

function askedRun(scene: Scene, options: Partial<RunOptions> = {}): Run {
  const run = new Run(scene, { delegator: onBehalfOf(scene.human()), ...options })
  run.prompt('Answer what came in')
  return run
}

/** Acts, is asked about, and reads on: what comes after the act did not move it. */
function actAndReadOn(scene: Scene, run: Run, ...readers: readonly Run[]): void {
  const act = run.call({ resource: scene.ownResource() })
  scene.ask(act, 'resource', 'span')
  for (const reader of [run, ...readers]) readInput(reader.wait(60_000), mail)
}

function subOf(run: Run, options: Partial<RunOptions> = {}): Run {
  const sub = run.startSub(options)
  sub.prompt('Do the half of it')
  return sub
}

/** What entered the context before the act. */
const inputs: Situation = {
  name: 'inputs',
  title: 'untrusted content read before the act, and after it, and by others',
  variations: [
    (scene) => {
      const run = askedRun(scene)
      readInput(run, page)
      readInput(run, ticket, 'trusted')
      actAndReadOn(scene, run)
    },
    (scene) => {
      const run = askedRun(scene)
      readThroughTool(run, page)
      actAndReadOn(scene, run)
    },
    (scene) => {
      // What the one above has read moved it to hand on, and what it read since may have moved what it said.
      const first = askedRun(scene)
      readInput(first, page)
      const sub = subOf(first)
      readInput(first.wait(30), ticket, 'unknown')
      sub.wait(5_000)
      actAndReadOn(scene, sub, first)
    },
    ...unsaidOfSubs.map((unsaid) => (scene: Scene) => {
      const options = { sameTrace: false, unsaid }
      const first = askedRun(scene)
      readInput(first, page)
      const second = subOf(first, options)
      readInput(second, ticket)
      const third = subOf(second, options)
      readInput(third, mail)
      actAndReadOn(scene, third, second, first)
    }),
    (scene) => {
      // Another that the same one started has read something, in the same trace and under the same correlation.
      const first = askedRun(scene)
      const [sub, sibling] = [subOf(first), subOf(first)]
      readInput(sibling, page)
      readInput(sub, ticket)
      sub.wait(2_000)
      actAndReadOn(scene, sub, sibling)
    },
    (scene) => {
      // Another person's agent under the same correlation, and one that this one started.
      const run = askedRun(scene)
      readInput(askedRun(scene, { correlation: run.correlation }), page)
      readInput(subOf(run), ticket)
      run.wait(9_000)
      actAndReadOn(scene, run)
    },
    (scene) => {
      const run = askedRun(scene)
      const read = readInput(run, page)
      actAndReadOn(scene, run)
      scene.delay([read], 3_600_000)
    },
    (scene) => {
      // A stranger, whose token speaks for no such agent, says that it had read something.
      const run = askedRun(scene)
      const read = readInput(run, page)
      const attributes = { ...read.attributes, ...inputAttributes(run, mail, 'untrusted') }
      const forged = { ...read, spanId: scene.chance.hex(16), attributes }
      scene.emit(forged, 'ci-bot')
      scene.emit({ ...forged, spanId: scene.chance.hex(16), traceId: scene.chance.hex(32) }, 'mesh')
      actAndReadOn(scene, run)
    },
    (scene) => {
      // It never arrived: nobody can tell of it.
      const run = askedRun(scene)
      const lost = readInput(run, page)
      readInput(run, ticket)
      actAndReadOn(scene, run)
      scene.lose(lost)
    },
  ],
}

/** What was read before something was done. */
export const inputSituations: readonly Situation[] = [inputs]
