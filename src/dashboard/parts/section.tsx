/** A part of a page under its heading. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

type Props = { title: ComponentChildren; beside?: ComponentChildren; class?: string; children: ComponentChildren }

export function Section({ title, beside, class: given = '', children }: Props) {
  const id = useId()
  return (
    <section class={`part ${given}`} aria-labelledby={id}>
      <header class="part-head">
        <h2 id={id}>{title}</h2>
        {beside !== undefined && <div class="beside">{beside}</div>}
      </header>
      {children}
    </section>
  )
}
