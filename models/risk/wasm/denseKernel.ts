/**
 * A kernel for one network of dense layers: its sizes are constants of the code. A row runs through all layers by itself and every
 * sum has one order, so a row's result does not depend on how many rows come with it.
 *
 * Hidden layer: four units are the lanes of one vector, up to eight vectors are summed at once: sum = bias, then += x[i] * w[i] for
 * i = 0, 1, ...; relu. Last layer: lane j sums x[i] * w[i] for i = j, j + 4, ...; then (0 + 1) + (2 + 3), then the bias.
 */
import { assemble, type Code, f32, f32x4, i32, local, repeatWhile, v128 } from '../../math/assembler.ts'

/** `kernel[input * outputs + output]`. */
export type DenseLayer = { inputs: number; outputs: number; kernel: Float32Array; bias: Float32Array }

export type DenseKernel = {
  /** Rows that one run takes at most. */
  readonly rowsMax: number
  /** Values from the beginning of one row to that of the next in `inputs`. */
  readonly stride: number
  readonly inputs: Float32Array
  /** One value a row. */
  readonly outputs: Float32Array
  run(rows: number): void
}

const rowsMax = 64
const floatBytes = 4
const lanes = 4
const vectorBytes = 16
const vectorsAtOnce = 8
const pageBytes = 65_536

const padded = (values: number): number => Math.ceil(values / lanes) * lanes

// Locals of the function.
const rowsLeft = 0
const row = 1
const result = 2
const source = 3
const sourceEnd = 4
const weight = 5
const x = 6
const firstSum = 7

/** Layers after another: all but the last with relu, the last with one linear output. */
export function denseKernel(layers: readonly DenseLayer[]): DenseKernel {
  const last = layers[layers.length - 1]
  const widest = Math.max(...layers.map(({ outputs }) => padded(outputs)))
  const stride = padded(layers[0].inputs)
  let end = 0
  const place = (values: number): number => {
    const from = end
    end += padded(values) * floatBytes
    return from
  }
  const data: { from: number; values: Float32Array }[] = []
  const constants = (values: Float32Array): number => {
    const from = place(values.length)
    data.push({ from, values })
    return from
  }
  const scratch = [place(widest), place(widest)]
  const inputsFrom = place(rowsMax * stride)
  const outputsFrom = place(rowsMax)

  const hidden = layers.slice(0, -1).map((layer, depth): Code => {
    const from = depth === 0 ? local.get(row) : i32.const(scratch[depth % 2])
    return tilesOf(layer).map((tile): Code => {
      const weights = constants(tileWeights(layer, tile))
      const to = scratch[(depth + 1) % 2] + tile.first * floatBytes
      return hiddenTile({ from, inputs: layer.inputs, vectors: tile.vectors, weights, to })
    })
  })
  const from = layers.length === 1 ? local.get(row) : i32.const(scratch[(layers.length - 1) % 2])
  const finish = lastLayer({ from, inputs: last.inputs, weights: constants(last.kernel), bias: constants(last.bias) })

  const oneRow: Code = [
    hidden,
    finish,
    advance(row, stride * floatBytes),
    advance(result, floatBytes),
    advance(rowsLeft, -1),
  ]
  const code: Code = [
    [i32.const(inputsFrom), local.set(row), i32.const(outputsFrom), local.set(result)],
    repeatWhile(oneRow, [i32.const(0), local.get(rowsLeft), i32.lt_u]),
  ]
  const sums = Array.from({ length: vectorsAtOnce }, () => 'v128' as const)
  const bytes = assemble({
    pages: Math.ceil(end / pageBytes),
    locals: ['i32', 'i32', 'i32', 'i32', 'i32', 'v128', ...sums],
    code,
  })
  const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== 'function')
    throw new Error('the kernel exports nothing')
  for (const { from, values } of data) new Float32Array(memory.buffer, from).set(values)
  return {
    rowsMax,
    stride,
    inputs: new Float32Array(memory.buffer, inputsFrom, rowsMax * stride),
    outputs: new Float32Array(memory.buffer, outputsFrom, rowsMax),
    run: (rows) => {
      if (rows > 0) run(rows)
    },
  }
}

/** Units `first` .. `first + 4 * vectors - 1` of a layer. */
type Tile = { first: number; vectors: number }

function tilesOf({ outputs }: DenseLayer): Tile[] {
  const tiles: Tile[] = []
  for (let first = 0; first < outputs; first += vectorsAtOnce * lanes)
    tiles.push({ first, vectors: Math.min(vectorsAtOnce, Math.ceil((outputs - first) / lanes)) })
  return tiles
}

/** The biases of the tile's units, then for each input its weights to them; zeros for units that are not there. */
function tileWeights({ inputs, outputs, kernel, bias }: DenseLayer, { first, vectors }: Tile): Float32Array {
  const width = vectors * lanes
  const values = new Float32Array((1 + inputs) * width)
  for (let unit = 0; unit < width && first + unit < outputs; unit++) {
    values[unit] = bias[first + unit]
    for (let input = 0; input < inputs; input++)
      values[(1 + input) * width + unit] = kernel[input * outputs + first + unit]
  }
  return values
}

function hiddenTile(tile: { from: Code; inputs: number; vectors: number; weights: number; to: number }): Code {
  const each = (code: (vector: number, sum: number) => Code): Code =>
    Array.from({ length: tile.vectors }, (_, vector) => code(vector, firstSum + vector))
  return [
    each((vector, sum) => [i32.const(tile.weights), v128.load(vector * vectorBytes), local.set(sum)]),
    [i32.const(tile.weights + tile.vectors * vectorBytes), local.set(weight)],
    walk(tile.from, tile.inputs * floatBytes, floatBytes, [
      [local.get(source), v128.load32_splat(0), local.set(x)],
      each((vector, sum) => [
        [local.get(sum), local.get(x), local.get(weight), v128.load(vector * vectorBytes)],
        [f32x4.mul, f32x4.add, local.set(sum)],
      ]),
      advance(weight, tile.vectors * vectorBytes),
    ]),
    each((vector, sum) => [i32.const(tile.to), local.get(sum), v128.zero, f32x4.max, v128.store(vector * vectorBytes)]),
  ]
}

function lastLayer(layer: { from: Code; inputs: number; weights: number; bias: number }): Code {
  const lane = (index: number): Code => [local.get(firstSum), f32x4.extract_lane(index)]
  return [
    [v128.zero, local.set(firstSum), i32.const(layer.weights), local.set(weight)],
    walk(layer.from, padded(layer.inputs) * floatBytes, vectorBytes, [
      [local.get(firstSum), local.get(source), v128.load(0), local.get(weight), v128.load(0)],
      [f32x4.mul, f32x4.add, local.set(firstSum)],
      advance(weight, vectorBytes),
    ]),
    [local.get(result), lane(0), lane(1), f32.add, lane(2), lane(3), f32.add, f32.add],
    [i32.const(layer.bias), f32.load(0), f32.add, f32.store(0)],
  ]
}

/** Runs `body` with `source` at `from`, `from + step`, ... below `from + bytes`. */
function walk(from: Code, bytes: number, step: number, body: Code): Code {
  return [
    [from, local.set(source), from, i32.const(bytes), i32.add, local.set(sourceEnd)],
    repeatWhile([body, advance(source, step)], [local.get(source), local.get(sourceEnd), i32.lt_u]),
  ]
}

function advance(index: number, by: number): Code {
  return [local.get(index), i32.const(by), i32.add, local.set(index)]
}
