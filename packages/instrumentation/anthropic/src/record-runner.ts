import { guard } from '@whodid/sdk/instrument'
import type { ModelTurns } from '@whodid/sdk/instrument'
import { member, textOf } from './answers.ts'

type Method = (...args: readonly unknown[]) => unknown

/**
 * Records the tools that the tool runner runs: their intent before they run, and their outcome. `turnsOf` tells the turns of the client
 * to which the messages belong; undefined for one that is not recorded.
 */
export function recordRunner(
  messages: object,
  turnsOf: (messages: unknown) => ModelTurns | undefined,
): void {
  const original: unknown = Reflect.get(messages, 'toolRunner')
  if (typeof original !== 'function') return
  // A method of the SDK's, called as the SDK would.
  const runner = original as Method
  const toolRunner = function (this: unknown, body: unknown, ...rest: readonly unknown[]): unknown {
    const turns = turnsOf(this)
    const recorded = turns === undefined ? body : guard(() => withRecordedTools(body, turns), body)
    return runner.call(this, recorded, ...rest)
  }
  Object.defineProperty(messages, 'toolRunner', {
    value: toolRunner,
    configurable: true,
    writable: true,
  })
}

function withRecordedTools(body: unknown, turns: ModelTurns): unknown {
  if (typeof body !== 'object' || body === null) return body
  const tools = member(body, 'tools')
  if (!Array.isArray(tools)) return body
  return { ...body, tools: tools.map((tool: unknown) => recordedTool(tool, turns)) }
}

function recordedTool(tool: unknown, turns: ModelTurns): unknown {
  const original = member(tool, 'run')
  if (typeof tool !== 'object' || tool === null || typeof original !== 'function') return tool
  // The function that the SDK calls with the tool's input and the call.
  const run = original as (input: unknown, context: unknown) => unknown
  const recorded = async (input: unknown, context: unknown): Promise<unknown> => {
    const called = member(context, 'toolUse') ?? member(context, 'toolUseBlock')
    const call = {
      id: textOf(member(called, 'id')),
      name: textOf(member(called, 'name')),
      arguments: member(called, 'input') ?? input,
    }
    const open = guard(() => turns.beginTool(call), undefined)
    if (open === undefined) return run.call(tool, input, context)
    await open.allowed()
    try {
      const result = await open.within(() => run.call(tool, input, context))
      open.succeed(result)
      return result
    } catch (error) {
      open.fail(error)
      throw error
    }
  }
  const prototype: unknown = Object.getPrototypeOf(tool)
  // The SDK marks its own tools with symbols, and copies hold them only as descriptors.
  return Object.create(typeof prototype === 'object' ? prototype : null, {
    ...Object.getOwnPropertyDescriptors(tool),
    run: { value: recorded, enumerable: true, configurable: true, writable: true },
  })
}
