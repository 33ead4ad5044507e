import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'
import type { EndTurn } from './turns.ts'

test('in the order they came, never more at once than there are places, and none is forgotten', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(9)), (placeCount, steps) => {
      const turns = new Turns(placeCount)
      const began: number[] = []
      const open = new Map<number, EndTurn>()
      const end = (id: number): void => {
        open.get(id)?.()
        // A second call must give no second place.
        open.get(id)?.()
        open.delete(id)
      }
      let takenCount = 0
      for (const step of steps)
        if (step < 6) {
          const id = takenCount++
          open.set(
            id,
            turns.take(() => began.push(id)),
          )
        } else {
          const id = [...open.keys()][step % Math.max(open.size, 1)]
          if (id !== undefined) end(id)
          const reading = [...open.keys()].filter((other) => began.includes(other))
          expect(reading.length).toBe(Math.min(placeCount, open.size))
        }
      while (open.size > 0) end([...open.keys()][0] ?? 0)
      expect(began).toEqual([...began].toSorted((a, b) => a - b))
      expect(new Set(began).size).toBe(began.length)
    }),
  )
})
