/** The body of a request as it comes in: bounded in bytes, and in how long its sender is waited for. */
import type { IncomingMessage } from 'node:http'
import { ForewarnError } from '../errors.ts'

export type BodyBounds = {
  bytesMax: number
  /** So long may pass without a byte, in milliseconds. */
  pauseMs: number
  /** So long may its sender be waited for in all. Our own work does not count. */
  waitMs: number
}

/** Read once. @throws ForewarnError FW_BODY_TOO_LARGE, FW_HTTP_TIMEOUT, FW_HTTP_REQUEST when it ends early, and what it was cut with. */
export class Body implements AsyncIterable<Buffer> {
  readonly #request: IncomingMessage
  readonly #bounds: BodyBounds
  readonly #now: () => number
  #waitedMs = 0
  #waitingSinceMs: number | undefined
  #fault: ForewarnError | undefined
  #wake: () => void = () => {}

  constructor(request: IncomingMessage, bounds: BodyBounds, now: () => number) {
    this.#request = request
    this.#bounds = bounds
    this.#now = now
  }

  /** How long its sender has sent nothing, in milliseconds; 0 while there is something to read. */
  get pausedMs(): number {
    return this.#waitingSinceMs === undefined ? 0 : this.#now() - this.#waitingSinceMs
  }

  /** Whoever reads it gets this instead of more. */
  cut(fault: ForewarnError): void {
    this.#fault ??= fault
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const request = this.#request
    const look = (): void => this.#wake()
    const broken = (error: Error): void => this.cut(new ForewarnError('FW_HTTP_REQUEST', [error.message]))
    request.on('readable', look).on('end', look).on('error', broken)
    try {
      for (let bytes = 0; ; ) {
        if (this.#fault !== undefined) throw this.#fault
        const chunk: unknown = request.read()
        if (Buffer.isBuffer(chunk)) {
          bytes += chunk.length
          if (bytes > this.#bounds.bytesMax) throw new ForewarnError('FW_BODY_TOO_LARGE', [this.#bounds.bytesMax])
          yield chunk
        } else if (request.readableEnded) return
        else await this.#more()
      }
    } finally {
      request.off('readable', look).off('end', look)
      request.resume() // the rest goes nowhere, so that the sender comes to read the answer
    }
  }

  #more(): Promise<void> {
    const { pauseMs, waitMs } = this.#bounds
    const sinceMs = this.#now()
    this.#waitingSinceMs = sinceMs
    return new Promise((resolve) => {
      const late = (): void =>
        this.cut(new ForewarnError('FW_HTTP_TIMEOUT', [Math.round((this.#waitedMs + this.pausedMs) / 1_000)]))
      const timer = setTimeout(late, Math.min(pauseMs, waitMs - this.#waitedMs))
      this.#wake = () => {
        this.#wake = () => {}
        clearTimeout(timer)
        this.#waitedMs += this.#now() - sinceMs
        this.#waitingSinceMs = undefined
        resolve()
      }
    })
  }
}
