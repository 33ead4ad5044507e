import type { Attributes } from '../../otlp/batch.ts'
import { firstText, textOf } from './telemetry.ts'

/** UTF-16 units of a JSON text that a crew's tasks are looked for in. */
const tasksLengthMax = 256 * 1024

/** Tasks of one crew that are shown. */
const tasksMax = 32

/**
 * The tasks of a crew or an agent of CrewAI under OpenInference. The inputs of a crew only fill the places of its tasks,
 * and the input of its agent's span is the agent: the task stands beside it, or in the output.
 */
export function crewText(attributes: Attributes): string {
  return (
    tasksOf(textOf(attributes, 'crew_tasks')) ||
    firstText(attributes, ['formatted_description']) ||
    (attributes.has('task_key') || attributes.has('task_id')
      ? descriptionOf(parse(textOf(attributes, 'output.value'))) || textOf(attributes, 'task_name')
      : '')
  )
}

/** The descriptions of a crew's tasks, in order. */
function tasksOf(text: string): string {
  const tasks = parse(text)
  if (!Array.isArray(tasks)) return ''
  return tasks
    .slice(0, tasksMax)
    .map(descriptionOf)
    .filter((description) => description !== '')
    .join('\n\n')
}

function descriptionOf(task: unknown): string {
  if (typeof task !== 'object' || task === null) return ''
  const description: unknown = Reflect.get(task, 'description')
  return typeof description === 'string' ? description : ''
}

function parse(text: string): unknown {
  if (text === '' || text.length > tasksLengthMax) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Cut on its way: it holds no task.
    return undefined
  }
}
