import type { Act } from './act.ts'
import type { ReadInput } from './read-input.ts'
import type { SceneRecord } from './scene.ts'

/** What had entered the context of the acting instance, or of one that it descends from, when it acted; oldest first. */
export function inputsBefore(
  { span, truth }: Act,
  { reads, descent }: Pick<SceneRecord, 'reads' | 'descent'>,
): ReadInput[] {
  const line = new Set<string>()
  for (let at = truth.instance ?? ''; at !== '' && !line.has(at); at = descent.get(at) ?? '')
    line.add(at)
  return reads
    .filter(({ instance, atNs }) => line.has(instance) && atNs <= span.startNs)
    .toSorted((a, b) => Number(a.atNs - b.atNs))
}
