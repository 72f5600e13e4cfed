/**
 * Live changes. The stream is read by hand, so that a page knows when it last heard anything, comments included, and goes on behind the
 * last event that it has seen, whatever broke in between.
 */
import { signal } from '@preact/signals'
import type { Status, StreamEvent } from '../../serve/contracts.ts'

type Told = Pick<StreamEvent, 'event' | 'data'>
type Listener = (told: Told) => void

/** Milliseconds of the browser's clock at which anything was last heard; 0: never. */
export const heardMs = signal(0)
export const status = signal<Status | undefined>(undefined)
/** The browser's clock when `status` came. */
export const statusMs = signal(0)

const listeners = new Set<Listener>()
const retryMs = 1_000
const silenceMs = 20_000 // the server says every few seconds that it is there

export function onEvent(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function takeStatus(told: Status): void {
  status.value = told
  statusMs.value = Date.now()
  heardMs.value = Date.now()
}

/** Reads for as long as the page lives. */
export async function follow(): Promise<never> {
  let lastId: string | undefined
  for (;;) {
    await readOnce(lastId, (id) => {
      lastId = id
    }).catch(() => {}) // whatever broke, it is asked again; how long it lasts is said by `heardMs`
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function readOnce(lastId: string | undefined, seen: (id: string) => void): Promise<void> {
  const gone = new AbortController()
  let late = setTimeout(() => gone.abort(), silenceMs)
  const answer = await fetch('/api/v1/stream', {
    signal: gone.signal,
    cache: 'no-store',
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
  })
  if (!answer.ok || answer.body === null) throw new Error(`the stream answers ${answer.status}`)
  const text = answer.body.pipeThrough(new TextDecoderStream())
  let rest = ''
  try {
    for (const reader = text.getReader(); ; ) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(late)
      late = setTimeout(() => gone.abort(), silenceMs)
      heardMs.value = Date.now()
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) takeBlock(block, seen)
    }
  } finally {
    clearTimeout(late)
  }
}

function takeBlock(block: string, seen: (id: string) => void): void {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const [event, data, id] = [fields.get('event'), fields.get('data'), fields.get('id')]
  if (event === undefined || data === undefined) return // a comment: it is there
  if (id !== undefined) seen(id)
  const told = toldOf(event, data)
  if (told.event === 'status') takeStatus(told.data)
  for (const listener of listeners) listener(told)
}

type ToldStatus = { event: 'status'; data: Status }

/** The server checks what it sends by the contracts of these types. */
function toldOf(event: string, data: string): ToldStatus | (Told & { event: Exclude<StreamEvent['event'], 'status'> }) {
  return { event, data: JSON.parse(data) } as ReturnType<typeof toldOf>
}
