/** What may be wider than the screen scrolls by itself, by keys too. */
import type { ComponentChildren } from 'preact'
import { say } from '../language.ts'

export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by arrow keys
    <section class="scroll" aria-label={say('state.table', { what: label })} tabIndex={0}>
      {children}
    </section>
  )
}
