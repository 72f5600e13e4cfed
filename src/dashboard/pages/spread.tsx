import { Nowhere } from './nowhere.tsx'
export function Spread(_: { id?: string | undefined }) {
  return <Nowhere />
}
