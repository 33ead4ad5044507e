import type { ServerResponse } from 'node:http'
import type { LogFiles } from '@whodid/collector'
import type { Appender } from '@whodid/store'

export declare const writeSteps: {
  readonly 'create name': string
  readonly 'write name': string
  readonly 'flush name': string
  readonly 'rename name': string
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
  readonly 'create key': string
  readonly 'rename key': string
  readonly 'create tile': string
  readonly 'write tile': string
  readonly 'flush tile': string
  readonly 'sync tiles': string
  readonly 'create history': string
  readonly 'cut history': string
  readonly 'keep checkpoint': string
  readonly 'flush checkpoint': string
  readonly 'rename head': string
  readonly 'rename checkpoint': string
  readonly 'forget tile': string
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
