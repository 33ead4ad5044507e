/**
 * Cuts every `character` off the end of a text, in one step each. A pattern that ends in `$` begins anew at each place of a
 * run, which takes the square of its length when something stands behind the run.
 */
export function trimEnd(text: string, character: string): string {
  const code = character.charCodeAt(0)
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === code) end -= 1
  return text.slice(0, end)
}
