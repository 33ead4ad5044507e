export { recordOpenAI } from './record-openai.ts'
