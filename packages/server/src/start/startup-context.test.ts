import { describe, expect, it } from 'vitest'
import { closing, startParts } from './startup-context.ts'
import type { ServiceEvent, Started } from './startup-context.ts'

const events: ServiceEvent[] = []
const stopped: string[] = []

function part(name: string, stop: () => Promise<void> = () => Promise.resolve()): Started<string> {
  return {
    value: name,
    stop: () => {
      stopped.push(name)
      return stop()
    },
  }
}

describe('startParts', () => {
  it('stops from the last kept to the first', async () => {
    stopped.length = 0
    const { value, stop } = await startParts(
      () => {},
      async (keep) => {
        keep(part('engine'))
        await Promise.resolve()
        keep(part('api'))
        return keep(part('collector'))
      },
    )
    expect(value).toBe('collector')
    await stop()
    expect(stopped).toEqual(['collector', 'api', 'engine'])
  })

  it('stops the parts before a step that throws, and throws what it threw', async () => {
    stopped.length = 0
    const failed = startParts(
      () => {},
      (keep) => {
        keep(part('engine'))
        keep(part('collector'))
        return Promise.reject(new Error('the port is taken'))
      },
    )
    await expect(failed).rejects.toThrow('the port is taken')
    expect(stopped).toEqual(['collector', 'engine'])
  })

  it('reports a part that does not stop cleanly, and stops the others', async () => {
    stopped.length = 0
    events.length = 0
    const { stop } = await startParts(
      (event) => events.push(event),
      (keep) => {
        keep(closing({ close: () => Promise.resolve(stopped.push('connection')).then(() => {}) }))
        return Promise.resolve(keep(part('api', () => Promise.reject(new Error('still busy')))))
      },
    )
    await stop()
    expect(stopped).toEqual(['api', 'connection'])
    expect(events).toEqual([
      { event: 'warning', message: 'a part did not stop cleanly: still busy' },
    ])
  })
})
