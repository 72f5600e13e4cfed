/** Fills the gaps of a sentence: `{name}`, or `{n#row|rows}` for a word that is one thing for one and another for more. */
export type Value = string | { count: number; text: string }
export type Values = Readonly<Record<string, string | number>>

const gap = /\{(\w+)(?:#([^|}]*)\|([^}]*))?\}/g

export function fill(sentence: string, values: Readonly<Record<string, Value>>): string {
  return sentence.replace(gap, (whole, name: string, one?: string, more?: string) => {
    const value = values[name]
    if (value === undefined) return whole
    if (one === undefined || more === undefined) return typeof value === 'string' ? value : value.text
    return typeof value !== 'string' && value.count === 1 ? one : more
  })
}
