/**
 * Returns true where a pattern of the registry covers a name: the name itself, or its beginning with `*` behind it. `*` alone covers
 * everything. Nothing else has a meaning, so that a look takes the length of the pattern and no more.
 */
export function coversName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

/** A part of a path, or its percent-encoded form, that leads out of the folder that it stands in. */
const leadsOut = /(?:^|[/\\:]|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/\\?#]|%2f|%5c)/iu

/** Returns true for a resource whose text does not say where it is: a beginning that it has says nothing of it then. */
export function isAmbiguous(resource: string): boolean {
  return leadsOut.test(resource)
}
