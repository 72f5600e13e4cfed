import { Nowhere } from './nowhere.tsx'
export function Warning(_: { id?: string | undefined }) {
  return <Nowhere />
}
