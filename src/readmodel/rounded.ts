/** Numbers for charts and tables: so many digits as anybody reads. What a record says is given as the record says it. */
export function rounded(value: number, digits = 3): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}

export const roundedOrNull = (value: number | null | undefined, digits = 3): number | null =>
  value === null || value === undefined || Number.isNaN(value) ? null : rounded(value, digits)
