/** Records every run of LangChain and LangGraph in this process: `import '@whodid/langchain/register'`. */
import { recordLangChain } from './whodid-handler.ts'

recordLangChain()
