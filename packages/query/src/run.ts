import type { WhoDidAnswer } from '@whodid/model'
import type { Selector } from '@whodid/store'
import type { Question } from './question.ts'

export async function whoDid(
  _selector: Selector,
  _tenant: string,
  _question: Question,
): Promise<WhoDidAnswer> {
  return Promise.reject(new Error('being written'))
}
