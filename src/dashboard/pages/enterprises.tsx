import { Nowhere } from './nowhere.tsx'
export function Enterprises(_: { id?: string | undefined }) {
  return <Nowhere />
}
