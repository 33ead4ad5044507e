// A collector of its own, for the test to kill. Takes its options as JSON, says its port, drains on SIGTERM.
import { startCollector } from '@whodid/collector'
import { createAppender } from '@whodid/store'

const { access, ...options } = JSON.parse(process.argv[2] ?? '{}')
const appender = createAppender(access)
const collector = await startCollector({ host: '127.0.0.1', httpPort: 0, appender, ...options })
process.once('SIGTERM', async () => {
  await collector.stop()
  process.stdout.write(`${JSON.stringify(collector.metrics())}\n`)
  await appender.close()
})
process.stdout.write(`${JSON.stringify({ port: collector.port })}\n`)
