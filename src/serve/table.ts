/** Tables as files that people open: CSV and XLSX. The first line says who asked, when, for what, and as of when. */
import writeExcelFile from 'write-excel-file/node'

export type Value = string | number | boolean | null
export type Table = { about: string; columns: readonly string[]; rows: readonly (readonly Value[])[] }

const byteOrderMark = '\uFEFF' // spreadsheets take a file without one for another encoding

/** Text that a spreadsheet would calculate begins with an apostrophe. */
const formula = /^[=+\-@\t\r]/

export function csvOf({ about, columns, rows }: Table): string {
  const lines = [[`# ${about}`], columns, ...rows]
  return `${byteOrderMark}${lines.map((line) => line.map(cellOf).join(',')).join('\r\n')}\r\n`
}

function cellOf(value: Value): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Texts are cells of text, whatever they begin with. */
export async function xlsxOf({ about, columns, rows }: Table): Promise<Buffer> {
  const text = (value: string) => ({ type: String, value })
  const sheet = [
    [text(about)],
    columns.map(text),
    ...rows.map((row) => row.map((value) => (typeof value === 'string' ? text(value) : value))),
  ]
  return writeExcelFile(sheet).toBuffer()
}
