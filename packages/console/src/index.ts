export { createConsole } from './console.ts'
export type { Console, ConsoleOptions } from './console-options.ts'
