/** Where the built pages lie, and what is said of the port on which they are served. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Under `dist` of a checkout, and beside the program of a package. */
export function pagesFolder(): string {
  const [checkout, packaged] = ['../../../dist/dashboard/', '../../../dashboard/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  )
  return existsSync(packaged) ? packaged : checkout
}

/** The pages where they are built, else the API, which needs none. `address`: with scheme, without a slash at its end. */
export function pagesAt(address: string): string {
  return existsSync(pagesFolder()) ? `Pages at ${address}/` : `API at ${address}/api/v1/overview`
}
