/** Sentences of the language files, filled in. */

/** Puts values into a sentence; a placeholder without a value stays, so that a mistake in a language file is seen. */
export function fillIn(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (all, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : all))
}

/** The name of a code in a language; the code itself where it has none. */
export function nameOf(list: readonly { code: string; names?: Readonly<Record<string, string>> | undefined }[], code: string, language: string): string {
  return list.find((one) => one.code === code)?.names?.[language] ?? code
}
