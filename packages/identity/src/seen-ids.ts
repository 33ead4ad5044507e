import { identityLimits } from './identity-limits.ts'
import { RefusedToken } from './refused-token.ts'

/** Remembers identifiers that may be used once. */
export interface SeenIds {
  /**
   * Remembers an identifier until `untilS`, in seconds since 1970. Throws {@link RefusedToken} `replayed` where it is known already,
   * and `replay_memory_full` where no more fit: an identifier that cannot be remembered is not accepted.
   */
  readonly use: (id: string, untilS: number, nowS: number) => void
  readonly size: () => number
}

/** Makes a memory in this process. Several processes that serve one audience need one between them. */
export function createSeenIds(max: number = identityLimits.seenMax): SeenIds {
  const untilById = new Map<string, number>()
  let sweptS = 0
  const sweep = (nowS: number): void => {
    for (const [id, untilS] of untilById) if (untilS < nowS) untilById.delete(id)
    sweptS = nowS
  }
  return {
    use: (id, untilS, nowS) => {
      const known = untilById.get(id)
      if (known !== undefined && known >= nowS)
        throw new RefusedToken('replayed', 'the identifier was used before')
      // One walk a second at most, so that a flood of identifiers costs no more than itself.
      if (untilById.size >= max && sweptS + 1 <= nowS) sweep(nowS)
      if (untilById.size >= max)
        throw new RefusedToken('replay_memory_full', `${max} identifiers are remembered already`)
      untilById.set(id, untilS)
    },
    size: () => untilById.size,
  }
}
