/** Requests of the attackers and of those beside them: any headers, a connection each, bodies piece by piece. */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type Asked = { status: number; body: string }
export type Ask = {
  method?: 'GET' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: Iterable<Buffer | string>
}

export const ndjson = { 'content-type': 'application/x-ndjson' }

/** @throws Error when the connection breaks. */
export async function ask(url: string, { method = 'GET', headers = {}, body = [] }: Ask = {}): Promise<Asked> {
  const sent = request(url, { method, headers, agent: false })
  const answered = once(sent, 'response')
  answered.catch(() => {}) // heard below
  for (const piece of body) {
    if (sent.write(piece)) continue
    if ((await Promise.race([once(sent, 'drain').then(() => 'drained'), answered])) !== 'drained') break
  }
  sent.end()
  const [response]: IncomingMessage[] = await answered
  const all = await text(response)
  return { status: response.statusCode ?? 0, body: all }
}
