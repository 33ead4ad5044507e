import { products, reportEvent } from '@whodid/hooks'
import { WhodidError } from '@whodid/model'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

/** Bytes of an event that are read. */
const payloadBytesMax = 8 * 1024 * 1024

/** `whodid hook`: reports one event, by hand. Installed hooks call a program of their own, which starts faster. */
export const hookCommand: Command = {
  name: 'hook',
  help: `Usage: whodid hook <product> [<event>]

Reads one event of a product's hook on standard input and reports it, as an installed hook does. <event> names it where the payload
does not. Products: ${products.join(', ')}. Exit code 0, whatever becomes of the event.

Environment: WHODID_ENDPOINT, WHODID_INGEST_TOKEN, WHODID_DELEGATOR, WHODID_CAPTURE; below "whodid run" they are set.`,
  run: hook,
}

async function hook({ args, environment, protocol }: CommandContext): Promise<number> {
  const typed = parseArguments(args, {}, { min: 1, max: 2, what: 'a product' })
  const [name = '', eventName = ''] = typed.positionals
  const product = products.find((known) => known === name)
  if (product === undefined)
    throw new WhodidError(
      'invalid_parameter',
      `the product expected one of ${products.join(', ')}; got "${name}"`,
    )
  let text = ''
  for await (const chunk of protocol().input.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > payloadBytesMax) return 0
  }
  const payload = parsed(text)
  if (payload !== undefined) await reportEvent({ product, eventName, payload, environment })
  return 0
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // Sound: its members stay unknown.
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
