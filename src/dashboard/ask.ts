/** Answers of the API. What was last answered stays while it is asked again, and when that fails; how old it is is known. */
import { signal } from '@preact/signals'
import { useLayoutEffect, useState } from 'preact/hooks'
import type { Problem } from '../serve/contracts.ts'
import { onEvent } from './live/stream.ts'

export type Answer<T> = {
  data: T | undefined
  problem: Problem | undefined
  /** The browser's clock when the data came. */
  atMs: number
  /** The address that the data answer. */
  of: string | undefined
}

/** An answer, and a way to ask again. */
export type Asked<T> = Answer<T> & { again: () => void }

const keptMax = 40
/** Last answers by address: a page that is gone back to is there at once. */
const kept = new Map<string, { data: unknown; atMs: number }>()
/** Least time between two looks at the same thing. */
const againMs = 400

/** @throws Problem where the answer is none, or nobody answers. */
export async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init).catch((error: unknown) => {
    throw init.signal?.aborted === true ? error : unreachable(url)
  })
  const json: unknown = await answer.json().catch(() => unreachable(url, answer.status))
  if (!answer.ok) throw json
  return json as T // checked by the server, with the contract of which T is the type
}

/** @throws Problem. */
export const tell = <T>(url: string, body?: unknown): Promise<T> =>
  ask(url, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

function unreachable(url: string, status = 0): Problem {
  const code = 'UNREACHABLE'
  return { ...{ type: '', title: '', status, detail: '', instance: url }, ...{ code, message: '', remedy: '' } }
}

const isProblem = (error: unknown): error is Problem => typeof error === 'object' && error !== null && 'code' in error

/** Asked again when one of `topics` changes, but not where the past is shown: what was known then stays. */
export function useAnswer<T>(
  url: string | undefined,
  topics: readonly ('tick' | 'warning' | 'source')[] = [],
): Asked<T> {
  const [state] = useState(() => signal<Answer<T>>(begin(url)))
  const [round] = useState(() => signal(0))
  const isPast = url?.includes('asOf=') === true
  // Before the page is painted: what is asked first comes first.
  useLayoutEffect(() => {
    if (url === undefined) return
    const gone = new AbortController()
    let [asking, wanted] = [false, false]
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async (): Promise<void> => {
      wanted = asking
      if (asking) return
      asking = true
      state.value = await looked(url, state.value, gone.signal)
      await new Promise((resolve) => {
        timer = setTimeout(resolve, againMs)
      })
      asking = false
      if (wanted) void look()
    }
    if (state.value.of !== url) state.value = { ...state.value, ...begin(url, state.value) }
    void look()
    const stopRounds = round.subscribe((times) => void (times > 0 && look()))
    const stopEvents = onEvent(({ event }) => {
      if (event === 'reset' || (!isPast && topics.some((topic) => topic === event))) void look()
    })
    return () => {
      gone.abort()
      clearTimeout(timer)
      stopRounds()
      stopEvents()
    }
  }, [url])
  return {
    ...state.value,
    again: () => {
      round.value++
    },
  }
}

function begin<T>(url: string | undefined, before?: Answer<T>): Answer<T> {
  const known = url === undefined ? undefined : kept.get(url)
  if (known !== undefined) return { data: known.data as T, atMs: known.atMs, problem: undefined, of: url }
  return before ?? { data: undefined, problem: undefined, atMs: 0, of: undefined }
}

async function looked<T>(url: string, before: Answer<T>, signal: AbortSignal): Promise<Answer<T>> {
  try {
    const data = await ask<T>(url, { signal })
    const atMs = Date.now()
    keep(url, { data, atMs })
    return { data, atMs, problem: undefined, of: url }
  } catch (error) {
    if (signal.aborted) return before
    const problem = isProblem(error) ? error : unreachable(url)
    // What answered another question is not left standing under a refusal of this one.
    return before.of === url ? { ...before, problem } : { data: undefined, atMs: 0, problem, of: url }
  }
}

function keep(url: string, answer: { data: unknown; atMs: number }): void {
  kept.delete(url)
  kept.set(url, answer)
  const [oldest] = kept.keys()
  if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest)
}
