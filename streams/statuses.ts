/** The words in which registers say whether an enterprise is still there. */
import { z } from 'zod'

const words = z.array(z.string().min(1).max(64)).default([])
export const Statuses = z.strictObject({ active: words, closed: words })
export type Statuses = z.infer<typeof Statuses>

/** Reads `active`, `closed` and the words of the profile; width, capitals, spaces and marks do not count. */
export function statusReader({ active, closed }: Statuses): (text: string) => 'active' | 'closed' | undefined {
  const known = new Map<string, 'active' | 'closed'>()
  for (const word of ['active', ...active]) known.set(plain(word), 'active')
  for (const word of ['closed', ...closed]) {
    if (known.get(plain(word)) === 'active') throw new Error(`statuses: ${word} is both active and closed`)
    known.set(plain(word), 'closed')
  }
  return (text) => known.get(text) ?? known.get(plain(text))
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}]/gu, '')
}
