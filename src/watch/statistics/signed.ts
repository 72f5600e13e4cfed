/** Two decimals with their sign: `+0.31`. */
export function signed(value: number): string {
  const hundredths = Math.floor(Math.abs(value) * 100 + 0.5)
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
  return value < 0 ? `-${text}` : `+${text}`
}
