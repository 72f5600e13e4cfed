/**
 * The connections of a server, and the bodies that come in through them. Node bounds how long a connection may say nothing and how
 * long a request may take to come in. A body that is read here has bounds of its own, since our work is no fault of its sender.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ForewarnError } from '../errors.ts'
import { httpAnswerMs, httpConnectionsMax, httpLingerMs, httpPartingMs } from '../limits.ts'
import { Body, type BodyBounds } from './body.ts'

export class Connections {
  readonly #now: () => number
  readonly #open = new Set<Socket>()
  /** Those with a request that is not answered yet. */
  readonly #busy = new Set<Socket>()
  readonly #bodies = new Map<Socket, Body>()
  #closing = false

  /** `now`: milliseconds, for durations. */
  constructor(now: () => number) {
    this.#now = now
  }

  get closing(): boolean {
    return this.#closing
  }

  /** Watches the server from before its first connection. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      if (this.#open.size >= httpConnectionsMax) this.#makeRoom()
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
    })
    // A body that is worked on moves nothing meanwhile.
    server.on('timeout', (socket: Socket) => void (this.#bodies.has(socket) || socket.destroy()))
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#busy.add(request.socket)
      response.once('close', () => this.#answered(request))
    })
  }

  /** The body of a request, to be read once, before that is answered. */
  bodyOf(request: IncomingMessage, bounds: BodyBounds): Body {
    const body = new Body(request, bounds, this.#now)
    this.#bodies.set(request.socket, body)
    return body
  }

  /** A connection is at fault. Whoever reads a body through it hears of it, and answers; false when nothing is under way on it. */
  fault(socket: Socket, error: Error & { code?: string }): boolean {
    const body = this.#bodies.get(socket)
    if (body === undefined) {
      if (this.#busy.has(socket)) socket.destroy()
    } else if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT') {
      body.cut(new ForewarnError('FW_HTTP_REQUEST', [error.message]))
    }
    return this.#busy.has(socket)
  }

  /** Closes what is idle or silent at once, and the rest when it was answered, or after a bound. */
  async close(server: Server, closed: Promise<unknown>): Promise<void> {
    this.#closing = true
    for (const socket of this.#open) if (!this.#busy.has(socket)) socket.destroy()
    const over = new AbortController()
    const closeRest = async (): Promise<void> => {
      await sleep(httpPartingMs, undefined, over)
      for (const body of this.#bodies.values()) body.cut(new ForewarnError('FW_HTTP_CLOSING'))
      await sleep(httpAnswerMs, undefined, over)
      server.closeAllConnections()
    }
    closeRest().catch(() => {}) // all are closed already
    await closed.finally(() => over.abort())
  }

  /** The oldest without a request under way goes, or the oldest of all: whoever only holds connections shuts nobody out. */
  #makeRoom(): void {
    const [oldest] = this.#open
    const gone = this.#open.values().find((socket) => !this.#busy.has(socket)) ?? oldest
    this.#open.delete(gone)
    gone.destroy()
  }

  #answered(request: IncomingMessage): void {
    const { socket } = request
    this.#busy.delete(socket)
    this.#bodies.delete(socket)
    // Whoever still sends reads the answer later than it was written, and would miss it if the connection went now.
    const end = (): void => void (request.complete || socket.destroy())
    if (this.#closing) socket.destroySoon()
    else if (!request.complete) setTimeout(end, httpLingerMs).unref()
  }
}
