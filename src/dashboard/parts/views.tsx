/** Filters that a reader has given a name, in this browser alone: each is an address, and is gone to like any other. */
import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { at } from '../address.ts'
import { read, write } from '../kept.ts'
import { say } from '../language.ts'

type View = { name: string; query: string }

const key = 'views'
const viewsMax = 30
const charactersMax = 40

const isView = (one: unknown): one is View =>
  typeof one === 'object' &&
  one !== null &&
  'name' in one &&
  typeof one.name === 'string' &&
  one.name.trim() !== '' &&
  'query' in one &&
  typeof one.query === 'string'

/** What is kept and is no view, whoever wrote it, is left out. */
function readViews(): View[] {
  try {
    const found: unknown = JSON.parse(read(key) ?? '[]')
    const views = Array.isArray(found) ? found.filter(isView) : []
    return [...new Map(views.map((one) => [one.name, one])).values()].slice(0, viewsMax)
  } catch {
    return []
  }
}

const views = signal(readViews())

/** Read anew before it is changed: another page of this browser may have changed it. */
function change(to: (before: View[]) => View[]): void {
  views.value = to(readViews()).slice(0, viewsMax)
  write(key, JSON.stringify(views.value))
}

const without = (name: string) => (before: View[]) => before.filter((one) => one.name !== name)

/** `filter`: what the address asks for, of no time and no page of the list; undefined where nothing is filtered. */
export function Views({ filter }: { filter: Readonly<Record<string, string>> | undefined }) {
  const title = useRef<HTMLHeadingElement>(null)
  const query = new URLSearchParams(Object.entries(filter ?? {}).sort()).toString()
  if (filter === undefined && views.value.length === 0) return null
  return (
    <section class="views">
      <h2 ref={title} tabIndex={-1}>
        {say('views.title')}
      </h2>
      <ul>
        {views.value.map((one) => (
          <li key={one.name}>
            <a
              class="clip"
              href={at('/warnings', Object.fromEntries(new URLSearchParams(one.query)))}
              aria-current={one.query === query ? 'true' : undefined}
              data-filter
            >
              {one.name}
            </a>
            <button
              type="button"
              class="bare"
              aria-label={say('views.forget', { name: one.name })}
              onClick={() => {
                change(without(one.name))
                title.current?.focus()
              }}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {filter !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const name = String(new FormData(event.currentTarget).get('name')).trim()
            if (name === '') return
            change((before) => [{ name, query }, ...without(name)(before)])
            event.currentTarget.reset()
          }}
        >
          <input name="name" aria-label={say('views.name')} placeholder={say('views.name')} maxLength={charactersMax} />
          <button type="submit">{say('views.save')}</button>
        </form>
      )}
    </section>
  )
}
