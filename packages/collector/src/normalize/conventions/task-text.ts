/** Levels of an argument object that are looked into: the call, its arguments, an argument's own members. */
const depthMax = 4

/** Members that are looked at on one level. */
const membersMax = 256

/** Names of the member that is the task, the surest first; compared in lower case and without separators. */
const taskNames = [
  'task',
  'usermsg',
  'usermessage',
  'userinput',
  'userprompt',
  'userquery',
  'query',
  'question',
  'prompt',
  'input',
  'inputtext',
  'message',
  'messages',
  'newmessage',
  'chatinput',
  'request',
  'objective',
  'instruction',
  'instructions',
  'taskdescription',
  'goal',
  'description',
  'content',
  'text',
]

/** Names of members that only hold the arguments. */
const holderNames = [
  'kwargs',
  'args',
  'arguments',
  'inputs',
  'inputargs',
  'startevent',
  'data',
  'params',
  'parameters',
  'payload',
  'body',
  'state',
]

/** Reads the text of a value that a task may stand in; '' when it holds none. */
export type ReadText = (value: unknown) => string

/**
 * The text of the task in an argument object: of its members the one named as the task, else the one in a holder of the arguments.
 * `read` extracts the text of a value that is no text itself, such as messages. '' when no member is the task.
 */
export function taskText(given: object, read: ReadText, depth = 0): string {
  if (depth > depthMax) return ''
  const members = membersOf(given)
  for (const name of taskNames) {
    const text = textIn(members.get(name), read, depth)
    if (text !== '') return text
  }
  for (const name of holderNames) {
    const held = members.get(name)
    const text = isObject(held) && !Array.isArray(held) ? taskText(held, read, depth + 1) : ''
    if (text !== '') return text
  }
  return ''
}

function textIn(value: unknown, read: ReadText, depth: number): string {
  if (typeof value === 'string') return value.trim() === '' ? '' : value
  if (!isObject(value)) return ''
  const text = read(value)
  return text !== '' || Array.isArray(value) ? text : taskText(value, read, depth + 1)
}

/** By name without its spelling; of two that are spelt differently the first. */
function membersOf(given: object): ReadonlyMap<string, unknown> {
  const members = new Map<string, unknown>()
  for (const [name, value] of Object.entries(given).slice(0, membersMax)) {
    const plain = name.toLowerCase().replaceAll(/[_\-\s]/gu, '')
    if (!members.has(plain)) members.set(plain, value)
  }
  return members
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
