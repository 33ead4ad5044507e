export { createConsole } from './console.ts'
export type { Console, ConsoleOptions, ConsoleReader } from './console-options.ts'
