/**
 * X'WX, the bulk of the work of a least-squares step. Rows are laid out column by column in small blocks, and eight sums at a time
 * are kept in registers. Every sum takes the rows in their order: the same bits at any block size.
 */
const blockRows = 128
const tileHeight = 2
const tileWidth = 4

export type Products = {
  /** Adds weight * x x' for the rows `from` to `to` of `values` (row by row); x is the row behind a 1. `weights[0]` is that of row `from`. */
  add(values: Float64Array, from: number, to: number, weights: Float64Array): void
  /** Lower triangle of the sums so far: a square of `columns + 1`, row by row. */
  sums(): Float64Array
}

export function weightedProducts(columns: number): Products {
  const size = columns + 1
  const padded = Math.ceil(size / tileWidth) * tileWidth
  const square = new Float64Array(padded * padded)
  /** Column after column, `blockRows` values each; columns of padding stay 0. The scaled ones are multiplied by the weights. */
  const plain = new Float64Array(padded * blockRows)
  const scaled = new Float64Array(padded * blockRows)
  const isZero = new Uint8Array(padded)

  function addBlock(values: Float64Array, from: number, count: number, weights: Float64Array): void {
    for (let row = 0; row < count; row++) {
      plain[row] = 1
      scaled[row] = weights[row]
    }
    for (let column = 1; column < size; column++) {
      let any = 0
      for (let row = 0, at = column * blockRows; row < count; row++, at++) {
        const value = values[(from + row) * columns + column - 1]
        plain[at] = value
        scaled[at] = weights[row] * value
        if (value !== 0) any = 1
      }
      isZero[column] = 1 - any
    }
    for (let a = 0; a < size; a += tileHeight) {
      if (isZero[a] === 1 && isZero[a + 1] === 1) continue
      for (let b = 0; b <= a + 1; b += tileWidth) addTile({ square, padded, plain, scaled }, a, b, count)
    }
  }

  return {
    add(values, from, to, weights) {
      for (let row = from; row < to; row += blockRows)
        addBlock(values, row, Math.min(blockRows, to - row), weights.subarray(row - from))
    },
    sums: () =>
      Float64Array.from({ length: size * size }, (_, at) => square[Math.floor(at / size) * padded + (at % size)]),
  }
}

type Block = { square: Float64Array; padded: number; plain: Float64Array; scaled: Float64Array }

/** Two rows of the square by four columns. */
function addTile({ square, padded, plain, scaled }: Block, a: number, b: number, count: number): void {
  const [first, second] = [a * padded + b, (a + 1) * padded + b]
  let s0 = square[first]
  let s1 = square[first + 1]
  let s2 = square[first + 2]
  let s3 = square[first + 3]
  let t0 = square[second]
  let t1 = square[second + 1]
  let t2 = square[second + 2]
  let t3 = square[second + 3]
  const left = a * blockRows
  const right = b * blockRows
  for (let row = 0; row < count; row++) {
    const s = scaled[left + row]
    const t = scaled[left + blockRows + row]
    const x0 = plain[right + row]
    const x1 = plain[right + blockRows + row]
    const x2 = plain[right + 2 * blockRows + row]
    const x3 = plain[right + 3 * blockRows + row]
    s0 += s * x0
    s1 += s * x1
    s2 += s * x2
    s3 += s * x3
    t0 += t * x0
    t1 += t * x1
    t2 += t * x2
    t3 += t * x3
  }
  square[first] = s0
  square[first + 1] = s1
  square[first + 2] = s2
  square[first + 3] = s3
  square[second] = t0
  square[second + 1] = t1
  square[second + 2] = t2
  square[second + 3] = t3
}
