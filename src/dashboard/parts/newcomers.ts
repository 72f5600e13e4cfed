/** Keeps a list still while somebody is in it: rows are patched where they stand, and new ones wait until they are asked for. */
import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { WarningRow } from '../../serve/contracts.ts'
import { leaveTrail } from '../warning/trail.ts'

type Still = {
  rows: WarningRow[]
  /** Rows that wait. */
  waiting: number
  show: () => void
  /** For the element that holds the list. */
  guard: {
    onPointerEnter: () => void
    onPointerLeave: () => void
    onFocusIn: () => void
    onFocusOut: () => void
  }
}

/** `view`: what the list is about; with another one it is filled anew. */
export function useStill(rows: readonly WarningRow[] | undefined, view: string): Still {
  const shown = useSignal<{ view: string; ids: string[] }>({ view: '', ids: [] })
  const pointer = useSignal(false)
  const focus = useSignal(false)
  const isHeld: ReadonlySignal<boolean> = useComputed(() => pointer.value || focus.value)
  const held = isHeld.value
  useEffect(() => {
    if (rows !== undefined && (!held || shown.value.view !== view))
      shown.value = { view, ids: rows.map(({ id }) => id) }
  }, [rows, held, view])
  const last = useRef(new Map<string, WarningRow>())
  const byId = new Map(rows?.map((row) => [row.id, row]) ?? [])
  const isOther = shown.value.view !== view
  const ids = isOther ? [...byId.keys()] : shown.value.ids
  const known = new Set(ids)
  // A row that is in the answer no more stays as it was last seen, until the list is left.
  const kept = ids.flatMap((id) => byId.get(id) ?? last.current.get(id) ?? [])
  last.current = new Map(kept.map((row) => [row.id, row]))
  useEffect(() => leaveTrail(kept.map(({ id }) => id)), [kept.map(({ id }) => id).join()])
  return {
    rows: kept,
    waiting: isOther || !held ? 0 : [...byId.keys()].filter((id) => !known.has(id)).length,
    show: () => {
      shown.value = { view, ids: [...byId.keys()] }
    },
    guard: {
      onPointerEnter: setter(pointer, true),
      onPointerLeave: setter(pointer, false),
      onFocusIn: setter(focus, true),
      onFocusOut: setter(focus, false),
    },
  }
}

const setter = (of: Signal<boolean>, value: boolean) => (): void => {
  of.value = value
}
