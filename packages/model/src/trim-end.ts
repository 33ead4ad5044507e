/**
 * Cuts every character that is one of `characters`, each of one UTF-16 unit, off the end of a text, in one step each. A pattern that ends in `$` begins anew at each place of a
 * run, which takes the square of its length when something stands behind the run.
 */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
