import { Nowhere } from './nowhere.tsx'
export function Warnings(_: { id?: string | undefined }) {
  return <Nowhere />
}
