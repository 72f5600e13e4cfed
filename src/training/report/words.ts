/** The sentences of the page, by language. */
import { en, type Words } from './words.en.ts'
import { zh } from './words.zh.ts'

export type { Words } from './words.en.ts'

/** The words of a language; English for one that is not here. */
export function wordsOf(language: string): Words {
  return language === 'zh' ? zh : en
}
