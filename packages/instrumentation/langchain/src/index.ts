export { recordLangChain, WhodidHandler } from './whodid-handler.ts'
