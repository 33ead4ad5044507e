import type { StartOptions } from '@whodid/sdk'

/** Where records go. */
export interface Recording {
  readonly endpoint: string
  readonly token: string
}

const intentTimeoutMs = 30_000

/**
 * The SDK's settings in each process of the demo. An act that is not on record is not carried out: the demo would have
 * nothing to show for it. Text is recorded whatever `WHODID_CAPTURE` says.
 */
export function recordingSettings(recording: Recording, serviceName: string): StartOptions {
  return {
    ...recording,
    serviceName,
    capture: 'redacted',
    onUnrecorded: 'block',
    intentTimeoutMs,
    exitHooks: false,
  }
}
