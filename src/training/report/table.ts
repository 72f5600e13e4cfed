/** Tables with headings that a screen reader follows, and bars behind the numbers. */
import { type Html, html, type Part } from './html.ts'

export type Column = { name: string; right?: boolean }

/** A cell with a bar of a length of 0..1 behind it. */
export class Bar {
  readonly content: Part
  readonly share: number
  constructor(content: Part, share: number | undefined) {
    this.content = content
    this.share = Math.min(1, Math.max(0, share ?? 0))
  }
}

export type Cell = Part | Bar

/** The first cell of a row is its heading. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Html {
  const kind = (at: number): string => (columns[at].right ? 'n' : 't')
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${columns.map(({ name }, at) => html`<th scope="col" class="${kind(at)}">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, at) => {
        if (at === 0) return html`<th scope="row">${cell instanceof Bar ? cell.content : cell}</th>`
        if (cell instanceof Bar)
          return html`<td class="bar" style="--share:${cell.share.toFixed(3)}">${cell.content}</td>`
        return html`<td class="${kind(at)}">${cell}</td>`
      })}</tr>
`,
  )}</tbody></table></div>`
}
