/** A table of a page. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** Text of the program as it is shown in a cell, where `<`, `*` and a bar would mean something; what stands in backticks is left. */
export function plain(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? part.replace(/[<*|]/g, '\\$&') : part.replaceAll('|', '\\|')))
    .join('`')
}

export function code(text: string): string {
  return plain(`\`${text}\``)
}
