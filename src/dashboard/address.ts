/** Where the reader is: the page and its filters lie in the address, so that a link is a view. */
import { computed, signal } from '@preact/signals'

const here = signal(new URL(location.href))

export const path = computed(() => here.value.pathname)
export const query = computed(() => here.value.searchParams)
/** The tick whose knowledge is shown; undefined: the present. */
export const asOf = computed(() => query.value.get('asOf') ?? undefined)
/** A screen on a wall, which nobody touches. */
export const isWall = computed(() => query.value.get('wall') === '1')

/** How often a page was gone to; the frame then puts the focus at its top. */
export const visits = signal(0)

export type Asked = Readonly<Record<string, string | undefined>>

addEventListener('popstate', () => {
  here.value = new URL(location.href)
})

/** `replace`: another view of the same page, such as a filter. The focus stays where it is. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  here.value = new URL(location.href)
  if (replace) return
  scrollTo(0, 0)
  visits.value++
}

/** The address of a page in the time that is shown. */
export function at(page: string, asked: Asked = {}): string {
  return withQuery(page, { ...asked, asOf: asOf.value })
}

/** The address of the page at hand with some filters set otherwise; undefined takes one away. */
export function view(changed: Asked): string {
  return withQuery(path.value, { ...Object.fromEntries(query.value), ...changed })
}

/** The address of an answer of the API in the time that is shown. */
export function api(route: string, asked: Asked = {}): string {
  return withQuery(`/api/v1${route}`, { ...asked, asOf: asOf.value })
}

export function withQuery(page: string, asked: Asked): string {
  const given = Object.entries(asked).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, value]],
  )
  return given.length === 0 ? page : `${page}?${new URLSearchParams(given)}`
}

/** Links within the pages change the address without a reload; what the browser does with keys held stays its own. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || !isPlain || event.defaultPrevented) return
    const to = new URL(link.href)
    const isPage = to.origin === location.origin && !to.pathname.startsWith('/api/') && !link.hasAttribute('download')
    if (!isPage || to.hash !== '') return
    event.preventDefault()
    go(to.pathname + to.search, { replace: link.hasAttribute('data-filter') })
  })
}
