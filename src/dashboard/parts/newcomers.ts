/**
 * Keeps a list still while somebody is in it: rows are patched where they stand, new ones wait until they are asked for, and what is under
 * the pointer or has the focus stays where it is on the screen. On a wall nobody is: a pointer left there holds nothing.
 */
import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { WarningRow } from '../../serve/contracts.ts'
import { isWall } from '../address.ts'
import { leaveTrail } from '../warning/trail.ts'

/** A list as it was when it was last filled: where its rows stand follows from this alone. */
type Filled = { view: string; rows: readonly WarningRow[]; since: string | null }

type Still = Filled & {
  /** A row as it is now. */
  now: (row: WarningRow) => WarningRow
  /** Rows that wait. */
  waiting: number
  show: () => void
  /** For the element that holds the list. */
  guard: {
    ref: RefObject<HTMLDivElement | null>
    onPointerEnter: () => void
    onPointerLeave: () => void
    onFocusIn: () => void
    onFocusOut: () => void
  }
}

/** `view`: what the list is about; with another one it is filled anew. `since`: the tick from which rows are new. */
export function useStill(rows: readonly WarningRow[] | undefined, view: string, since: string | null): Still {
  const shown = useSignal<Filled>({ view: '', rows: [], since: null })
  const pointer = useSignal(false)
  const focus = useSignal(false)
  const isHeld: ReadonlySignal<boolean> = useComputed(() => !isWall.value && (pointer.value || focus.value))
  const held = isHeld.value
  useEffect(() => {
    if (rows !== undefined && (!held || shown.value.view !== view)) shown.value = { view, rows, since }
  }, [rows, held, view, since])
  const last = useRef(new Map<string, WarningRow>())
  const byId = new Map(rows?.map((row) => [row.id, row]) ?? [])
  const filled = shown.value.view === view ? shown.value : { view, rows: rows ?? [], since }
  const known = new Set(filled.rows.map(({ id }) => id))
  // A row that is in the answer no more stays as it was last seen, until the list is left.
  const now = (row: WarningRow): WarningRow => byId.get(row.id) ?? last.current.get(row.id) ?? row
  last.current = new Map(filled.rows.map((row) => [row.id, now(row)]))
  const ids = filled.rows.map(({ id }) => id)
  useEffect(() => leaveTrail(ids), [ids.join()])
  return {
    ...filled,
    now,
    waiting: held ? [...byId.keys()].filter((id) => !known.has(id)).length : 0,
    show: () => {
      shown.value = { view, rows: rows ?? [], since }
    },
    guard: {
      ref: useAnchor(held),
      onPointerEnter: setter(pointer, true),
      onPointerLeave: setter(pointer, false),
      onFocusIn: setter(focus, true),
      onFocusOut: setter(focus, false),
    },
  }
}

/**
 * What grows or shrinks above the row that somebody is at is scrolled away, whichever part of the page it belongs to, before it is painted;
 * what cannot be scrolled away, since the page begins there, is put above the list until it is left.
 */
function useAnchor(held: boolean): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = list.current
    if (!held || element === null) return
    const look = (): Anchor | undefined => {
      const row = element.querySelector('[data-id]:hover, [data-id]:focus-within')
      return row === null ? undefined : { row, onPagePx: onPagePx(row) }
    }
    let anchor = look()
    const observer = new MutationObserver(() => {
      if (anchor?.row.isConnected === true) keepAt(anchor, element)
      anchor = look()
      observer.takeRecords() // of what was put above the list
    })
    const took = (): void => {
      anchor = look()
    }
    element.addEventListener('pointerover', took)
    element.addEventListener('focusin', took)
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('pointerover', took)
      element.removeEventListener('focusin', took)
      element.style.paddingTop = ''
    }
  }, [held])
  return list
}

type Anchor = { row: Element; onPagePx: number }

/** From the top of the page: scrolling leaves it as it is. */
const onPagePx = (row: Element): number => row.getBoundingClientRect().top + scrollY

function keepAt({ row, onPagePx: before }: Anchor, list: HTMLElement): void {
  const movedPx = onPagePx(row) - before
  if (movedPx === 0) return
  const fromPx = scrollY
  scrollBy(0, movedPx)
  const leftPx = movedPx - (scrollY - fromPx)
  if (leftPx === 0) return
  const paddedPx = Number.parseFloat(getComputedStyle(list).paddingTop)
  list.style.paddingTop = `${Math.max(0, paddedPx - leftPx)}px`
}

const setter = (of: Signal<boolean>, value: boolean) => (): void => {
  of.value = value
}
