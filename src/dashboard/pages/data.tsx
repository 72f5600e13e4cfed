import { Nowhere } from './nowhere.tsx'
export function Data(_: { id?: string | undefined }) {
  return <Nowhere />
}
