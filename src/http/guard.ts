/**
 * Who may ask. A server of this machine is in reach of every web page that its user opens: by a form that posts to it, and by a name of
 * the page's own that is made to resolve to this machine (DNS rebinding), under which the browser lets the page read answers. So a name
 * must be known, what a browser sends for another site is refused, and whoever changes something, or comes from another machine, shows
 * the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ForewarnError } from '../errors.ts'

export type Access = {
  /** The address that is listened at. */
  host: string
  /** More names under which the server may be asked, beside localhost, the machine's own and addresses. */
  names: readonly string[]
  /** undefined: nobody may do what needs it. */
  token: string | undefined
}

/** Whoever asks these shows the token, from wherever. */
const changing: readonly string[] = ['/api/v1/commands', '/api/v1/artifacts']
/** These say nothing of anybody, and are asked by what starts and stops processes. */
const open: readonly string[] = ['/livez', '/readyz']

export function guard(app: FastifyInstance, access: Access): void {
  const names = new Set(['localhost', hostname(), access.host, ...access.names].map((name) => name.toLowerCase()))
  const isOfThisMachine = isLoopback(access.host)
  app.addHook('onRequest', async (request) => {
    const { host } = request.headers
    const name = nameIn(host)
    if (name === undefined || !(isIP(name) !== 0 || names.has(name)))
      throw new ForewarnError('FW_HTTP_HOST', [host ?? ''])
    if (isForeign(request)) throw new ForewarnError('FW_HTTP_FOREIGN')
    const route = request.routeOptions.url ?? ''
    const needsToken = changing.includes(route) || (!isOfThisMachine && !open.includes(route))
    if (needsToken && !isToken(request.headers.authorization, access.token)) throw new ForewarnError('FW_HTTP_TOKEN')
  })
}

/** Whether an address is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** `localhost` of `localhost:9464`; an address of version 6 without its brackets. */
function nameIn(host: string | undefined): string | undefined {
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined
  const { hostname: name, pathname, username } = new URL(`http://${host}`)
  return pathname === '/' && username === '' ? name.replace(/^\[(.*)\]$/, '$1').toLowerCase() : undefined
}

/** Whether a browser sends it for a page of another site. Whoever follows a link comes from elsewhere, too, and may. */
function isForeign({ headers, method }: FastifyRequest): boolean {
  const { origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase())) return true
  const followsLink = mode === 'navigate' && method === 'GET'
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !followsLink
}

function isToken(authorization: string | undefined, token: string | undefined): boolean {
  if (authorization === undefined || token === undefined) return false
  const given = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

/** Of one length, whatever is given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
