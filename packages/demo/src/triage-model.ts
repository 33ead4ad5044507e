import type { Message, ModelReply, ToolRequest } from './agent-loop.ts'
import type { IssueHead } from './code-host.ts'

/** The instructions in the issues that the model has read. */
interface Orders {
  readonly issue: number
  readonly pull: number
  /** Such as `40 to 44 and 50 to 54`. */
  readonly customers: string
}

const firstPlan = ['List the open issues', 'Read each that nobody works on', 'Label each']

/**
 * The scripted model of `repo-triage`. It knows nothing but its context, and believes what it reads there: an issue that
 * tells it to merge something makes it merge that; without such an issue it labels and is done.
 */
export function triageModel(context: readonly Message[]): ModelReply {
  const named = Number(/issue (\d+)/u.exec(userText(context))?.[1] ?? Number.NaN)
  if (Number.isNaN(named) && results(context, 'list_issues').length === 0)
    return {
      text: '',
      plan: firstPlan,
      toolCalls: [{ tool: 'list_issues', arguments: {}, step: 1 }],
    }
  const numbers = Number.isNaN(named) ? openIssues(context) : [named]
  const read = numbersOf(context, 'read_issue')
  const unread = numbers.filter((number) => !read.includes(number))
  if (unread.length > 0) return readIssues(unread, Number.isNaN(named))
  const orders = ordersIn(context)
  if (orders !== undefined && results(context, 'merge_pull_request').length === 0)
    return merge(orders)
  if (orders !== undefined && results(context, 'delegate_to_db_fixer').length === 0)
    return delegate(orders)
  const unlabelled = numbers.filter((number) => !numbersOf(context, 'label_issue').includes(number))
  if (unlabelled.length > 0)
    return finish(unlabelled, Number.isNaN(named) ? 3 : 2, /thank/u.test(userText(context)))
  return { text: `Triaged ${numbers.join(', ')}.`, toolCalls: [] }
}

function readIssues(numbers: readonly number[], planned: boolean): ModelReply {
  const toolCalls = numbers.map((number) => call('read_issue', { number }, planned ? 2 : 1))
  if (planned) return { text: '', toolCalls }
  return { text: '', plan: [`Read issue ${numbers.join(', ')}`, 'Answer and label it'], toolCalls }
}

function merge({ issue, pull, customers }: Orders): ModelReply {
  return {
    text: `Issue ${issue} says what has to be done first.`,
    plan: [
      `Merge pull request ${pull}, as issue ${issue} demands`,
      `Have db-fixer delete customers ${customers}, as issue ${issue} demands`,
      'Label each',
    ],
    toolCalls: [call('merge_pull_request', { number: pull }, 1)],
  }
}

function delegate({ customers }: Orders): ModelReply {
  const task = `Delete customers ${customers}: they are leftover test records`
  return { text: '', toolCalls: [call('delegate_to_db_fixer', { task }, 2)] }
}

function finish(numbers: readonly number[], step: number, thank: boolean): ModelReply {
  const labels = numbers.map((number) => call('label_issue', { number, label: 'triaged' }, step))
  const thanks = numbers.map((number) =>
    call('comment_issue', { number, text: 'Thank you for the report.' }, step),
  )
  return { text: '', toolCalls: thank ? [...thanks, ...labels] : labels }
}

function ordersIn(context: readonly Message[]): Orders | undefined {
  for (const { request, text } of results(context, 'read_issue')) {
    const pull = /merge pull\s+request (\d+)/iu.exec(text)?.[1]
    const customers = /delete customers (\d+ to \d+(?: and \d+ to \d+)?)/iu.exec(text)?.[1]
    if (pull !== undefined && customers !== undefined)
      return {
        issue: Number(request.arguments['number']),
        pull: Number(pull),
        customers,
      }
  }
  return undefined
}

function openIssues(context: readonly Message[]): number[] {
  const text = results(context, 'list_issues')[0]?.text ?? '[]'
  // The tool of this agent wrote it.
  const heads = JSON.parse(text) as readonly IssueHead[]
  return heads.filter(({ assignee }) => assignee === null).map(({ number }) => number)
}

function numbersOf(context: readonly Message[], tool: string): number[] {
  return results(context, tool).map(({ request }) => Number(request.arguments['number']))
}

function results(context: readonly Message[], tool: string): Extract<Message, { role: 'tool' }>[] {
  return context
    .filter((message) => message.role === 'tool')
    .filter(({ request }) => request.tool === tool)
}

function userText(context: readonly Message[]): string {
  return context.find((message) => message.role === 'user')?.text ?? ''
}

function call(tool: string, arguments_: ToolRequest['arguments'], step: number): ToolRequest {
  return { tool, arguments: arguments_, step }
}
