import { describe, expect, it } from 'vitest'
import { endingInResult } from './ending-in-result.ts'

const failed = '{"content":[{"type":"text","text":"no"}],"isError":true}'

describe('how a result says that its call failed', () => {
  it.each([
    ['MCP', failed],
    [
      'MCP, with white space and other members',
      `\n ${JSON.stringify({ _meta: {}, isError: true, content: [] }, null, 2)}`,
    ],
    ['MCP as Python names it', '{"content":[],"is_error":true,"structured_content":null}'],
    ['MCP in a text', JSON.stringify(failed)],
    ['MCP in a text in a text', JSON.stringify(JSON.stringify(failed))],
    ['MCP in JSON-RPC', `{"jsonrpc":"2.0","id":7,"result":${failed}}`],
    ['an error of JSON-RPC', '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"bad"}}'],
    ['MCP in a framework’s answer', `{"response":${failed}}`],
    ['MCP as text in a framework’s answer', JSON.stringify({ output: failed })],
    ['MCP in the text of a list of content', JSON.stringify([{ type: 'text', text: failed }])],
    ['a list with a tool’s result', '[{"type":"tool_result","tool_use_id":"t","is_error":true}]'],
    ['a list with a whole result', `[${failed}]`],
    ['LlamaIndex', '{"blocks":[{"text":"boom"}],"tool_name":"t","is_error":true}'],
    ['AutoGen', '{"type":"ToolResult","name":"t","result":[],"is_error":true}'],
    ['LangChain', '{"type":"tool","content":"Error: x","tool_call_id":"c","status":"error"}'],
    [
      'LangChain, with its class',
      '{"lc":1,"type":"constructor","id":["langchain","schema","messages","ToolMessage"],"kwargs":{"content":"x","tool_call_id":"c","status":"error"}}',
    ],
    ['LangChain, in its callback', '{"output":{"type":"tool","content":"x","status":"error"}}'],
    [
      'LangChain, as Python writes it',
      `content='Error: x' name='t' tool_call_id='c' status='error'`,
    ],
    ['Bedrock', '{"toolResult":{"toolUseId":"t","status":"error","content":[{"text":"x"}]}}'],
    ['Bedrock, in a list', '[{"toolResult":{"toolUseId":"t","status":"error","content":[]}}]'],
    [
      'MCP as Python writes it',
      `meta=None content=[TextContent(type='text', text='no')] structuredContent=None isError=True`,
    ],
    ['MCP with its class', `CallToolResult(content=[], structured_content=None, is_error=True)`],
  ])('%s', (_, text) => {
    expect(endingInResult(text)).toBe('failure')
  })

  it.each([
    ['nothing', ''],
    ['a plain text that speaks of an error', 'Error: no such order'],
    ['a success', '{"content":[{"type":"text","text":"error-free"}],"isError":false}'],
    [
      'a success about a failure',
      JSON.stringify({ content: [{ type: 'text', text: failed }], isError: false }),
    ],
    ['a status that no convention defines', '{"status":"error","message":"x"}'],
    ['OpenAI’s output of a function', '{"type":"function_call_output","output":"an error"}'],
    ['things of the tool’s own', '[{"id":1,"isError":true},{"id":2,"isError":false}]'],
    ['a member deep in the tool’s own data', '{"rows":[{"flags":{"isError":true}}]}'],
    ['a flag that is no flag', '{"isError":"perhaps"}'],
    ['a program that was read', 'if (result.isError === true) throw new Error()'],
    ['a log line that ends so', 'the agent wrote isError=True'],
    ['an inherited name', '{"__proto__":{"isError":true},"error":1}'],
    ['LangChain’s success', `content='status error' name='t' tool_call_id='c'`],
  ])('%s is no such statement', (_, text) => {
    expect(endingInResult(text)).toBe('')
  })

  it.each([
    ['cut off', failed.slice(0, 40) + '… "isError":tr'],
    ['longer than is parsed', `{"content":"${'x'.repeat(70_000)}","isError":true}`],
    ['wrapped deeper than is looked', `${'{"result":'.repeat(9)}${failed}${'}'.repeat(9)}`],
  ])('neither follows from one that is %s', (_, text) => {
    expect(endingInResult(text)).toBe('unclear')
  })

  it('never throws, and looks at a bounded part', () => {
    const hostile = [
      '[error'.repeat(10_000),
      `${'['.repeat(30_000)}"error"${']'.repeat(30_000)}`,
      `{"content":[${'{"type":"error"},'.repeat(3_000)}{"type":"tool_result","is_error":true}]}`,
      `"${'\\"'.repeat(20_000)}is_error`,
      'content='.repeat(100_000) + 'error',
      `content=${"status='error'".repeat(60_000)}x`,
      '\ud800 {"isError":true}',
    ]
    for (const text of hostile) expect(['', 'unclear']).toContain(endingInResult(text))
  })
})
