import { attribute } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { captureContent, contentHash } from './content.ts'
import { messages } from './prompt.ts'
import type { PromptBody } from './prompt.ts'
import { recordInstant, refOf } from './record.ts'
import type { Recorded } from './record.ts'
import { runInScope } from '../context/scope.ts'

/**
 * Records what an agent has decided to do: a text, or a list of steps, to which `tool(…, { step })` refers by its number
 * from 1. It holds from here on until the next plan replaces it, or, with a callback, below that callback only.
 *
 * In parallel branches of one prompt the last plan made is in force for all of them: give each its own by a callback.
 *
 * @example
 * await plan(['Read the note', 'Delete the note'])
 * await tool('delete_file', { verb: 'delete', resource: 'file:/srv/note.txt', step: 2 }, () => remove())
 */
export function plan(steps: string | readonly string[]): Promise<Recorded>
export function plan<T>(steps: string | readonly string[], body: PromptBody<T>): Promise<T>
export async function plan<T>(
  steps: string | readonly string[],
  body?: PromptBody<T>,
): Promise<T | Recorded> {
  const scope = scopeHere()
  const hash = contentHash(steps)
  const span = recordInstant(scope, {
    kind: 'plan',
    name: `plan ${scope.actor.agent?.name ?? scope.actor.agent?.template ?? ''}`.trimEnd(),
    attributes: ({ config }) => {
      const content = captureContent(planText(steps), hash, config)
      return {
        [attribute.operationName]: 'plan',
        [attribute.planHash]: hash,
        ...(content === undefined
          ? {}
          : { [attribute.outputMessages]: messages('assistant', content) }),
      }
    },
  })
  const recorded = { ref: refOf(span), hash }
  if (body === undefined) {
    scope.frame.planRef = recorded.ref
    return recorded
  }
  const frame = { ...scope.frame, planRef: recorded.ref, outerPlanRef: recorded.ref }
  return runInScope({ ...scope, frame }, () => body(recorded))
}

function planText(steps: string | readonly string[]): string {
  if (typeof steps === 'string') return steps
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n')
}
