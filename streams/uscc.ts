/** Unified social credit code: the check character of GB 32100-2015. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const
const length = 18

/** Value of each character code in the standard's alphabet; 255 for a character outside of it. */
const values = Uint8Array.from({ length: 128 }, (_, unit) => {
  const value = alphabet.indexOf(String.fromCharCode(unit))
  return value < 0 ? 255 : value
})

/** The check character of the first 17 characters; undefined when one of them is outside the alphabet. */
export function usccCheckCharacter(first17: string): string | undefined {
  let sum = 0
  for (let at = 0; at < weights.length; at++) {
    const unit = first17.charCodeAt(at)
    const value = unit < 128 ? values[unit] : 255
    if (value === 255) return undefined
    sum += value * weights[at]
  }
  return alphabet[(31 - (sum % 31)) % 31]
}

/** Whether an id is a well-formed USCC with the right check character. Genuine codes that fail it exist: flag, never drop. */
export function usccValid(id: string): boolean {
  return id.length === length && usccCheckCharacter(id) === id[length - 1]
}
