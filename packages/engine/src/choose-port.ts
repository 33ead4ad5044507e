import { createServer } from 'node:net'
import { WhodidError } from '@whodid/model'

/**
 * Returns `port` when it is free on loopback, or a free one for 0. Throws `engine_failed` when it is taken.
 *
 * The port is free when this returns, not reserved: a process that takes it before the engine does makes the start fail.
 */
export function choosePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) => {
      reject(
        new WhodidError(
          'engine_failed',
          `"httpPort" expected a free port on 127.0.0.1; got ${port}: ${cause.message}`,
          { cause },
        ),
      )
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      const chosen = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => {
        resolve(chosen)
      })
    })
  })
}
