// A collector of its own, for the test to kill. Takes its options as JSON, says its port, drains on SIGTERM. With `killAt`
// it kills itself at the nth time that it meets a named step.
import { startCollector } from '@whodid/collector'
import { systemFiles } from '@whodid/tlog-posix'
import { createAppender } from '@whodid/store'
import { watchAcknowledgements, watchAppender, watchFiles } from './write-steps.mjs'

const { access, killAt, ...options } = JSON.parse(process.argv[2] ?? '{}')
let metCount = 0
const atStep = (step, when) => {
  if (killAt === undefined || killAt.step !== step || killAt.when !== when) return undefined
  metCount += 1
  if (metCount < killAt.occurrence) return undefined
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}
watchAcknowledgements(atStep)
const appender = createAppender(access)
const collector = await startCollector({
  host: '127.0.0.1',
  httpPort: 0,
  appender: watchAppender(appender, atStep),
  files: watchFiles(systemFiles, atStep),
  ...options,
})
async function drain() {
  await collector.stop()
  process.stdout.write(`${JSON.stringify(collector.metrics())}\n`)
  await appender.close()
}

process.once('SIGTERM', () => void drain())
process.stdout.write(`${JSON.stringify({ port: collector.port })}\n`)
