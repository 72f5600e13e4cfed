/** Where the training rows of a model lay: part of its file. What is measured against it: models/quality/psi.ts. */
import { z } from 'zod'
import { numberList } from './bounds.ts'

export const psiEdgesMax = 20
/** A bin on either side of the edges, and one of missing values. */
export const psiBinsMax = psiEdgesMax + 2
const share = z.number().min(0).max(1)

/** Where the training rows lay. A bin holds values >= its lower edge and < its upper one; missing values are a bin of their own. */
export const PsiReference = z
  .object({
    edges: numberList.refine(({ length }) => length <= psiEdgesMax, `at most ${psiEdgesMax}`),
    /** One more than edges. */
    shares: numberList.refine(
      (shares) => shares.length >= 1 && shares.every((one) => one >= 0 && one <= 1),
      'must be shares',
    ),
    missing: share,
  })
  .refine(({ edges, shares }) => shares.length === edges.length + 1, 'shares: must be one more than the edges')
  .refine(({ edges }) => edges.every((edge, at) => at === 0 || edge > edges[at - 1]), 'edges: must ascend')
export type PsiReference = z.infer<typeof PsiReference>
