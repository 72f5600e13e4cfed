/**
 * Sine and cosine with the angle in turns (1 = a whole circle), as seasons need them: the reduction of the angle is exact.
 * Polynomials: FDLIBM 5.3 (see elementary.ts for its notice). The same bits on every machine.
 */
const twoPi = 6.283185307179586

function sinKernel(x: number): number {
  const z = x * x
  const rest =
    0.00833333333332249 +
    z * (-1.984126982985795e-4 + z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)))
  return x + z * x * (-0.16666666666666632 + z * rest)
}

function cosKernel(x: number): number {
  const z = x * x
  const rest =
    0.0416666666666666 +
    z *
      (-0.001388888888887411 +
        z *
          (2.480158728947673e-5 +
            z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11))))
  const half = 0.5 * z
  const w = 1 - half
  return w + (1 - w - half + z * z * rest)
}

/** sin(2 pi turns). Any finite number; NaN otherwise. */
export function sin2pi(turns: number): number {
  const quarters = Math.floor(4 * (turns - Math.floor(turns)) + 0.5) // 0..4
  const x = (turns - Math.floor(turns) - quarters / 4) * twoPi
  if (quarters === 1) return cosKernel(x)
  if (quarters === 2) return -sinKernel(x)
  if (quarters === 3) return -cosKernel(x)
  return sinKernel(x)
}

/** cos(2 pi turns). Any finite number; NaN otherwise. */
export function cos2pi(turns: number): number {
  const quarters = Math.floor(4 * (turns - Math.floor(turns)) + 0.5)
  const x = (turns - Math.floor(turns) - quarters / 4) * twoPi
  if (quarters === 1) return -sinKernel(x)
  if (quarters === 2) return -cosKernel(x)
  if (quarters === 3) return sinKernel(x)
  return cosKernel(x)
}
