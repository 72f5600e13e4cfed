/** The list that was shown last, so that a warning knows the one before it and the one after it. */
import { signal } from '@preact/signals'

const trail = signal<readonly string[]>([])

export function leaveTrail(ids: readonly string[]): void {
  trail.value = ids
}

export function besides(id: string): { previous: string | undefined; next: string | undefined } {
  const at = trail.value.indexOf(id)
  return { previous: at < 0 ? undefined : trail.value[at - 1], next: at < 0 ? trail.value[0] : trail.value[at + 1] }
}
