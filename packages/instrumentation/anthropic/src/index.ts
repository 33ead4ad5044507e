export { recordAnthropic } from './record-anthropic.ts'
