/** Copies a text. Where the browser gives no clipboard, which it does at a safe address alone, the text is shown, marked, to be copied by hand. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { say } from '../language.ts'

export function CopyText({ text }: { text: () => string }) {
  const copied = useSignal('')
  const shown = useSignal<string | undefined>(undefined)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.select(), [shown.value])
  const copy = async (): Promise<void> => {
    const wanted = text()
    try {
      await navigator.clipboard.writeText(wanted)
      copied.value = wanted
    } catch {
      shown.value = wanted
    }
  }
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {say('brief.copy')}
      </button>
      <span role="status" class="quiet">
        {copied.value !== '' && say('brief.copied')}
      </span>
      {shown.value !== undefined && (
        <textarea ref={field} class="by-hand" readOnly rows={4} aria-label={say('brief.copy')} value={shown.value} />
      )}
    </>
  )
}
