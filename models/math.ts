/**
 * The mathematics of the fold: deterministic to the bit on every machine and every version of the engine, which
 * Math.exp, Math.log, Math.pow and Math.sin are not. Everything under models/ imports its functions from here.
 */
export { f64x2, local, v128 } from './math/assembler.ts'
export { negativeBinomialLogPmf, negativeBinomialTail, poissonTail } from './math/counts.ts'
export { exp, expm1, ln, ln1p, ln1pAll, ln2, lnExcess, logistic, logit, pow2 } from './math/elementary.ts'
export { lnBeta, lnFactorial, lnGamma, lowerGamma, upperGamma } from './math/gamma.ts'
export { columnKernel, expOf, type LaneKernel, ln1pLanes, ln1pOf } from './math/lanes.ts'
export { gaussLegendre, type Quadrature } from './math/quadrature.ts'
export { cos2pi, sin2pi } from './math/seasons.ts'
