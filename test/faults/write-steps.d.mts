import type { ServerResponse } from 'node:http'
import type { LogFiles } from '@whodid/collector'
import type { Appender } from '@whodid/store'

export declare const writeSteps: {
  readonly 'create log ID': string
  readonly 'write log ID': string
  readonly 'flush log ID': string
  readonly 'rename log ID': string
  readonly 'create segment': string
  readonly 'write header': string
  readonly 'write frames': string
  readonly 'flush frames': string
  readonly acknowledge: string
  readonly 'flush segment': string
  readonly 'rename to sealed': string
  readonly 'sync directory': string
  readonly insert: string
  readonly 'rename to stored': string
  readonly 'delete old segment': string
  readonly 'cut segment': string
  readonly 'flush cut': string
  readonly 'delete empty segment': string
}

export type WriteStep = keyof typeof writeSteps
export type AtStep = (
  step: WriteStep,
  when: 'before' | 'after',
  response?: ServerResponse,
) => void | Promise<void>

export declare function watchFiles(files: LogFiles, atStep: AtStep): LogFiles
export declare function watchAppender(
  appender: Pick<Appender, 'append'>,
  atStep: AtStep,
): Pick<Appender, 'append'>
export declare function watchAcknowledgements(atStep: AtStep): () => void
