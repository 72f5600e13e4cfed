/** How numbers are written. A figure that is undefined is a dash. */
import type { Figure } from '../../../models/quality/evaluation.ts'

export const dash = '–'

export function decimal(value: number | undefined, digits = 3): string {
  if (value === undefined) return dash
  return value
    .toFixed(digits)
    .replace(/^-(0(\.0*)?)$/, '$1')
    .replace('-', '−')
}

export function percent(value: number | undefined, digits = 1): string {
  return value === undefined ? dash : `${decimal(100 * value, digits)} %`
}

/** A share that somebody chose: `10 %`, `2.5 %`. */
export function chosenShare(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`
}

export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** `0.66 to 0.72`; nothing without bounds. */
export function intervalOf(figure: Figure | undefined, to: string, format: (value: number) => string): string {
  if (figure?.low === undefined || figure.high === undefined) return ''
  return `${format(figure.low)} ${to} ${format(figure.high)}`
}

/** `0.69 (0.66 to 0.72)`, as `format` writes each number. */
export function withInterval(figure: Figure | undefined, to: string, format: (value: number) => string): string {
  if (figure === undefined) return dash
  const interval = intervalOf(figure, to, format)
  return interval === '' ? format(figure.value) : `${format(figure.value)} (${interval})`
}
