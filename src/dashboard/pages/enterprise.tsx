import { Nowhere } from './nowhere.tsx'
export function Enterprise(_: { id?: string | undefined }) {
  return <Nowhere />
}
