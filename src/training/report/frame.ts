/** A plot's frame: scales, axes, grid, and what a screen reader says of it. */
import { type Html, html, type Part } from './html.ts'

export type Axis = { label: string; from?: number; to: number; format: (value: number) => string }

export type Frame = {
  /** Markup ids begin with it. */
  id: string
  title: string
  /** What the plot shows, in words. */
  description: string
  width?: number
  height?: number
  x: Axis
  y: Axis
}

export type Scales = {
  x: (value: number) => number
  y: (value: number) => number
  left: number
  right: number
  top: number
  bottom: number
}

const ticks = 5
const margin = { left: 58, right: 14, top: 12, bottom: 46 }

export function scalesOf({ width = 460, height = 330, x, y }: Pick<Frame, 'width' | 'height' | 'x' | 'y'>): Scales {
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom]
  const scale = ({ from = 0, to }: Axis, low: number, high: number) => {
    return (value: number): number => round(low + ((value - from) / (to - from)) * (high - low))
  }
  return { x: scale(x, left, right), y: scale(y, bottom, top), left, right, top, bottom }
}

/** The frame with its axes, and what is drawn in it. */
export function plot(frame: Frame, draw: (scales: Scales) => Part): Html {
  const { width = 460, height = 330, x, y } = frame
  const scales = scalesOf(frame)
  const at = ({ from = 0, to }: Axis): number[] =>
    Array.from({ length: ticks + 1 }, (_, tick) => from + ((to - from) * tick) / ticks)
  const middle = (scales.top + scales.bottom) / 2
  return picture(
    frame,
    width,
    height,
    html`${at(y).map(
      (
        value,
      ) => html`<line class="grid" x1="${scales.left}" x2="${scales.right}" y1="${scales.y(value)}" y2="${scales.y(value)}"/>
<text x="${scales.left - 8}" y="${scales.y(value) + 4}" text-anchor="end">${y.format(value)}</text>`,
    )}${at(x).map(
      (value) =>
        html`<text x="${scales.x(value)}" y="${scales.bottom + 18}" text-anchor="middle">${x.format(value)}</text>`,
    )}
<text x="${(scales.left + scales.right) / 2}" y="${scales.bottom + 38}" text-anchor="middle">${x.label}</text>
<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${y.label}</text>
${draw(scales)}`,
  )
}

export function picture(
  { id, title, description }: Pick<Frame, 'id' | 'title' | 'description'>,
  width: number,
  height: number,
  inside: Part,
): Html {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>
${inside}</svg>`
}

export function polyline(scales: Scales, points: readonly { x: number; y: number }[], className: string): Html {
  return html`<polyline class="${className}" points="${points.map(({ x, y }) => `${scales.x(x)},${scales.y(y)}`).join(' ')}"/>`
}

/** A figure with its title above, and a sentence below. */
export function figure(title: string, note: string, ...parts: readonly Part[]): Html {
  return html`<figure><h3>${title}</h3>${parts}<figcaption>${note}</figcaption></figure>`
}

export type LegendEntry = { name: string; className: string }

export function legend(entries: readonly LegendEntry[]): Html {
  return html`<ul class="legend">${entries.map(
    ({ name, className }) =>
      html`<li><svg viewBox="0 0 26 10" aria-hidden="true"><line class="${className}" x1="0" x2="26" y1="5" y2="5"/></svg>${name}</li>`,
  )}</ul>`
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The next of 1, 2, 2.5, 5, 10 x a power of ten: a round end for an axis. */
export function niceUp(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999) ?? 10 * power
}
