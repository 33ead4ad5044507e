import { getCurrentSpan } from '@openai/agents-core'
import type { TracingProcessor } from '@openai/agents-core'
import { flush } from '@whodid/sdk'
import { addScopeSource, enclosingScope, guard, OpenCalls } from '@whodid/sdk/instrument'
import type { FrameworkScope, IntegrationOptions } from '@whodid/sdk/instrument'
import { AgentRun } from './agent-run.ts'
import { member, textOf } from './agents-span.ts'
import type { AgentsSpan } from './agents-span.ts'
import { SpanNode } from './span-node.ts'

/**
 * A trace processor of the OpenAI Agents SDK: each agent's span is recorded as a run of that agent, with its prompt, model calls, tool
 * calls, their results and failures, hand-offs, rejections and tripped guardrails. An agent used as a tool is a sub-agent, and a
 * hand-off a delegation. It hears the SDK's tracing, which `NODE_ENV=test` and `OPENAI_AGENTS_DISABLE_TRACING` switch off. It never
 * throws, and cannot keep a tool from running: `onUnrecorded: 'block'` has no effect here.
 *
 * @example
 * addTraceProcessor(whodidTraceProcessor())
 */
export function whodidTraceProcessor(options: IntegrationOptions = {}): TracingProcessor {
  const nodes = new OpenCalls<SpanNode>((node) => {
    node.giveUp()
  })
  const conversations = new OpenCalls<string>(() => undefined)
  const removeSource = addScopeSource(() => scopeHere(nodes))
  const begin = async (span: AgentsSpan): Promise<void> => {
    const parent = nodes.get(span.parentId ?? '')
    const node = new SpanNode(span, parent, enclosingScope())
    nodes.add(span.spanId, node)
    if (span.spanData.type === 'agent') {
      const conversationId = conversations.get(span.traceId)
      node.run = AgentRun.begin(span, { node, options, conversationId })
      return
    }
    // The SDK fills a span in right after it has started it, before it runs anything within.
    await Promise.resolve()
    guard(() => {
      node.run?.begin(span, node)
    }, undefined)
  }
  return {
    onTraceStart: async (trace) => {
      const groupId = textOf(member(trace, 'groupId'))
      if (groupId !== '') conversations.add(trace.traceId, groupId)
    },
    onTraceEnd: async (trace) => {
      conversations.take(trace.traceId)
    },
    onSpanStart: async (span: AgentsSpan) => {
      await guard(() => begin(span), undefined)
    },
    onSpanEnd: async (span: AgentsSpan) => {
      guard(() => {
        nodes.take(span.spanId)?.end(span)
      }, undefined)
    },
    forceFlush: async () => {
      await flush()
    },
    shutdown: async () => {
      removeSource()
      await flush()
    },
  }
}

function scopeHere(nodes: OpenCalls<SpanNode>): FrameworkScope | undefined {
  return nodes.get(getCurrentSpan()?.spanId ?? '')?.scope()
}
