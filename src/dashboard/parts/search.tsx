/** A field that searches a moment after the last key. */
import { useEffect, useRef } from 'preact/hooks'

const waitMs = 350
const charactersMax = 200

export function Search({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <search class="search">
      <input
        type="search"
        data-key="search"
        aria-label={label}
        placeholder={label}
        maxLength={charactersMax}
        defaultValue={value}
        onInput={({ currentTarget }) => {
          clearTimeout(timer.current)
          timer.current = setTimeout(() => onSearch(currentTarget.value.trim()), waitMs)
        }}
      />
    </search>
  )
}
