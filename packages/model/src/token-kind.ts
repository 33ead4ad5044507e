/** The rights of a token of Whodid: sending (`ingest`), reading (`investigator`), everything (`admin`). */
type TokenKind = 'ingest' | 'investigator' | 'admin'

const kindByMark: ReadonlyMap<string, TokenKind> = new Map([
  ['ing', 'ingest'],
  ['inv', 'investigator'],
  ['adm', 'admin'],
])

/**
 * The kind that a token says it is of, by its first letters (`whodid_ing_…`); undefined for one that was not made by Whodid.
 * It is for messages alone: what a token may do is decided by its hash.
 */
export function tokenKind(token: string): TokenKind | undefined {
  const mark = /^whodid_([a-z]{3})_/u.exec(token.slice(0, 16))?.[1]
  return mark === undefined ? undefined : kindByMark.get(mark)
}
