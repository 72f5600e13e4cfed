/** Sentences of the language files, filled in. */

type Template = readonly { text: string; name: string | undefined }[]
const templates = new Map<string, Template>()

/** Puts values into a sentence; a placeholder without a value stays, so that a mistake in a language file is seen. */
export function fillIn(template: string, values: Readonly<Record<string, string | number>>): string {
  let filled = ''
  for (const { text, name } of partsOf(template)) {
    filled += text
    if (name !== undefined) filled += Object.hasOwn(values, name) ? values[name] : `{${name}}`
  }
  return filled
}

/** Sentences come from language files, so there are few of them: each is taken apart once. */
function partsOf(template: string): Template {
  const known = templates.get(template)
  if (known !== undefined) return known
  const pieces = template.split(/\{(\w+)\}/)
  const parts: { text: string; name: string | undefined }[] = []
  for (let at = 0; at < pieces.length; at += 2) parts.push({ text: pieces[at], name: pieces[at + 1] })
  templates.set(template, parts)
  return parts
}

/**
 * A sentence without what it would say of a name that has no value: the clause from comma to comma that asks for nothing else is left
 * out; where a clause says more, a dash stands in the name's place. `{count} events, mostly {topType}, {level}` is
 * `{count} events, {level}` without topType.
 */
export function without(template: string, name: string): string {
  const placeholder = `{${name}}`
  const clauses = template.split(/(?<=[,;，；、])/)
  const asksForIt = (clause: string): boolean => clause.includes(placeholder)
  const isDropped = (clause: string): boolean => asksForIt(clause) && clause.split('{').length === 2
  const kept = clauses.filter((clause) => !isDropped(clause))
  if (kept.length === 0 || kept.length === clauses.length) return template.replaceAll(placeholder, '–')
  const said = kept.join('').trimStart().replaceAll(placeholder, '–')
  return isDropped(clauses[clauses.length - 1]) ? said.replace(/[,;，；、]\s*$/, '') : said
}

/** The name of a code in a language; the code itself where it has none. */
export function nameOf(
  list: readonly { code: string; names?: Readonly<Record<string, string>> | undefined }[],
  code: string,
  language: string,
): string {
  return list.find((one) => one.code === code)?.names?.[language] ?? code
}
