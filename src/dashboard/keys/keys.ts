/** The keyboard: every key does what a visible link or button does, too, and all can be switched off. */
import { signal } from '@preact/signals'
import { at, go } from '../address.ts'
import { read, write } from '../kept.ts'
import { travel } from '../parts/when.tsx'

export const isHelpOpen = signal(false)
export const areKeysOn = signal(read('keys') !== 'off')

const pages: Readonly<Record<string, string>> = { t: '/', w: '/warnings', m: '/spread', e: '/enterprises', d: '/data' }
const chordMs = 1_500

export function switchKeys(on: boolean): void {
  areKeysOn.value = on
  write('keys', on ? 'on' : 'off')
}

/** What one key does; those of a page are found by what they lead to. */
const keys: Readonly<Record<string, () => void>> = {
  j: () => step(1),
  k: () => step(-1),
  '[': () => travel(-1),
  ']': () => travel(1),
  '?': () => {
    isHelpOpen.value = !isHelpOpen.value
  },
  '/': () => focusOn('[data-key="search"]'),
  n: () => press('[data-key="next"]'),
  p: () => press('[data-key="previous"]'),
  b: () => press('[data-key="brief"]'),
  v: () => press('[data-key="verify"]'),
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName))

/** Listens until it is told to stop. */
export function followKeys(): () => void {
  let chordUntilMs = 0
  const listen = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      isHelpOpen.value = false
      if (isTyping(event.target)) focusOn('main')
      return
    }
    if (!areKeysOn.value || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const page = event.timeStamp < chordUntilMs ? pages[event.key] : undefined
    chordUntilMs = 0
    if (page !== undefined) go(at(page))
    else if (event.key === 'g') chordUntilMs = event.timeStamp + chordMs
    else if (event.key in keys) keys[event.key]?.()
    else return
    event.preventDefault()
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}

/** To the link of the next row of a list, or of the one before. */
function step(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-id] a[href]')].filter(
    (link, at, all) => link.offsetParent !== null && all.findIndex((one) => rowOf(one) === rowOf(link)) === at,
  )
  const now = links.findIndex((link) => rowOf(link) === rowOf(document.activeElement))
  const to = links[now < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, now + by))]
  to?.focus()
  to?.scrollIntoView({ block: 'nearest' })
}

const rowOf = (element: Element | null): Element | null => element?.closest('[data-id]') ?? null

const focusOn = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus()
const press = (selector: string): void => document.querySelector<HTMLElement>(selector)?.click()
