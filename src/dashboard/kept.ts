/** What a reader has chosen, kept in the browser alone. Where it keeps nothing, a choice lasts as long as the page. */
const name = (key: string): string => `forewarn.${key}`
const here = new Map<string, string>()

export function read(key: string): string | undefined {
  try {
    return localStorage.getItem(name(key)) ?? here.get(key)
  } catch {
    return here.get(key)
  }
}

export function write(key: string, value: string): void {
  here.set(key, value)
  try {
    localStorage.setItem(name(key), value)
  } catch {
    // a browser that keeps nothing, or has no room
  }
}
