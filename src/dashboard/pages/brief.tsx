import { Nowhere } from './nowhere.tsx'
export function Brief(_: { id?: string | undefined }) {
  return <Nowhere />
}
