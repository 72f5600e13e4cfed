/** The sentences of the page, by language. */
import type { Words } from './wording.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** The words of a language; English for one that is not here. */
export function wordsOf(language: string): Words {
  return language === 'zh' ? zh : en
}
