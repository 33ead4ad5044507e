import type { HandleKind } from '@whodid/model'

/** A way to look for what a clue was taken for. */
export type Lookup =
  /** Exactly this name of this kind, by the index of names. */
  | { readonly by: 'name'; readonly kind: HandleKind; readonly name: string }
  /** Every resource whose ID begins so. */
  | { readonly by: 'resources'; readonly prefix: string }
  /** Every person or service whose ID begins so. */
  | { readonly by: 'people'; readonly prefix: string }
  /** Any name of a recent record that contains this, whatever its case. */
  | { readonly by: 'fragment'; readonly text: string }
  /** The attributes of a recent record contain this. */
  | { readonly by: 'attribute'; readonly text: string }
  /** A recent record used a credential of this login or account. */
  | { readonly by: 'subject'; readonly name: string }
  /** A recent prompt, plan, argument or result contains all of these. */
  | { readonly by: 'text'; readonly words: readonly string[] }

/** What a clue was taken for, and how to look for that. */
export interface ClueReading {
  readonly form: string
  readonly text: string
  readonly lookups: readonly Lookup[]
}

/** One form of clues. `read` gives no lookups for what only looks like the form. */
export interface ClueForm {
  readonly form: string
  readonly text: string
  readonly pattern: RegExp
  readonly read: (clue: string, groups: readonly string[]) => readonly Lookup[]
}

/** Looks for one name under each of these kinds. */
export function named(name: string, ...kinds: readonly HandleKind[]): Lookup[] {
  return kinds.map((kind) => ({ by: 'name', kind, name }))
}

/** Looks among the names of recent records. */
export function fragment(text: string): Lookup {
  return { by: 'fragment', text }
}

/** Looks in the attributes of recent records. */
export function attribute(text: string): Lookup {
  return { by: 'attribute', text }
}
