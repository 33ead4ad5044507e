import { memberPlaces, skipSpace } from './member-places.ts'
import type { Place } from './member-places.ts'

/**
 * Adds members to `params._meta` of a request, in place of members of the same name, and leaves every other character as it is: numbers
 * that JavaScript cannot hold, the order of keys, white space. Returns the text unchanged where `_meta` can have no members.
 */
export function addMeta(text: string, members: Readonly<Record<string, unknown>>): string {
  const added = Object.entries(members)
  const request = memberPlaces(text, skipSpace(text, 0))
  const params = request?.get('params')
  if (added.length === 0 || params === undefined) return text
  const inParams = memberPlaces(text, params.start)
  if (inParams === undefined) return text
  const meta = inParams.get('_meta')
  if (meta === undefined)
    return insert(
      text,
      { object: params, members: inParams.size },
      `"_meta":${JSON.stringify(members)}`,
    )
  const inMeta = memberPlaces(text, meta.start)
  if (inMeta === undefined) return text
  let changed = text
  const present = added.flatMap(([key, value]) => {
    const place = inMeta.get(key)
    return place === undefined ? [] : [{ place, value }]
  })
  // From the back, so that the places before stay true.
  for (const { place, value } of present.toSorted((a, b) => b.place.start - a.place.start))
    changed = `${changed.slice(0, place.start)}${JSON.stringify(value)}${changed.slice(place.end)}`
  const missing = added.filter(([key]) => !inMeta.has(key))
  if (missing.length === 0) return changed
  const written = missing.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  return insert(changed, { object: meta, members: inMeta.size }, written.join(','))
}

function insert(
  text: string,
  { object, members }: { readonly object: Place; readonly members: number },
  written: string,
): string {
  const at = object.start + 1
  return `${text.slice(0, at)}${written}${members === 0 ? '' : ','}${text.slice(at)}`
}
