/** Which page an address stands for. */
export type Place =
  | { page: 'today' | 'warnings' | 'spread' | 'enterprises' | 'data' | 'brief' | 'nowhere' }
  | { page: 'warning' | 'enterprise' | 'warning-brief'; id: string }

export function placeOf(path: string): Place {
  const [first = '', second, third, ...more] = path.split('/').slice(1).map(plain)
  if (more.length > 0) return { page: 'nowhere' }
  if (second === undefined || second === '') return listOf(first)
  if (first === 'warnings' && third === undefined) return { page: 'warning', id: second }
  if (first === 'warnings' && third === 'brief') return { page: 'warning-brief', id: second }
  if (first === 'enterprises' && third === undefined) return { page: 'enterprise', id: second }
  return { page: 'nowhere' }
}

/** A wall shows two of the pages, whatever it is asked for, and so never an enterprise. */
export const wallPlaceOf = (path: string): Place => ({ page: placeOf(path).page === 'spread' ? 'spread' : 'today' })

function listOf(name: string): Place {
  if (name === '') return { page: 'today' }
  const [found] = (['warnings', 'spread', 'enterprises', 'data', 'brief'] as const).filter((page) => page === name)
  return { page: found ?? 'nowhere' }
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // no address of ours; it is shown as it stands
  }
}
