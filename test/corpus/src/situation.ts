import type { Scene } from './scene.ts'

/** A kind of thing that happens, in variations; each plays itself out in a scene of its own. */
export interface Situation {
  readonly name: string
  /** For the table. */
  readonly title: string
  readonly variations: readonly ((scene: Scene) => void)[]
}
