/**
 * Keys of cells. A cell is a region node and an industry node; counts of one cell are told apart by grade, and by column:
 * fresh events of each type, records of each source, stale ones, retracted ones. Every key is a whole number below 2^53.
 */
import type { Profile } from '../streams/profile.ts'

export type CellColumns = {
  readonly count: number
  type(type: number): number
  source(source: number): number
  readonly stale: number
  readonly retracted: number
}

export type CellKeys = {
  readonly columns: CellColumns
  cell(region: number, industry: number): number
  region(cell: number): number
  industry(cell: number): number
  graded(cell: number, grade: number): number
  counted(graded: number, column: number): number
  column(key: number): number
  gradedOf(key: number): number
  gradeOf(graded: number): number
  cellOf(graded: number): number
  stock(graded: number, band: number): number
  arrivals(source: number, region: number): number
  arrivalOf(key: number): { source: number; region: number }
  bandOf(stock: number): number
  gradedOfStock(stock: number): number
}

export function cellKeys(profile: Profile): CellKeys {
  const types = profile.types.length
  const sources = profile.sources.length
  const columns: CellColumns = {
    count: types + sources + 2,
    type: (type) => type,
    source: (source) => types + source,
    stale: types + sources,
    retracted: types + sources + 1,
  }
  const industries = profile.industries.nodes.length
  const grades = profile.grades.length
  const regions = profile.regions.nodes.length
  const bands = profile.file.bands.length
  const quotient = (key: number, divisor: number): number => Math.floor(key / divisor)
  // Of numbers above 2^31 the remainder operator is a call of a library.
  const remainder = (key: number, divisor: number): number => key - divisor * quotient(key, divisor)
  return {
    columns,
    cell: (region, industry) => region * industries + industry,
    region: (cell) => quotient(cell, industries),
    industry: (cell) => remainder(cell, industries),
    graded: (cell, grade) => cell * grades + grade,
    counted: (graded, column) => graded * columns.count + column,
    column: (key) => remainder(key, columns.count),
    gradedOf: (key) => quotient(key, columns.count),
    gradeOf: (graded) => remainder(graded, grades),
    cellOf: (graded) => quotient(graded, grades),
    stock: (graded, band) => graded * bands + band,
    arrivals: (source, region) => source * regions + region,
    arrivalOf: (key) => ({ source: quotient(key, regions), region: remainder(key, regions) }),
    bandOf: (stock) => remainder(stock, bands),
    gradedOfStock: (stock) => quotient(stock, bands),
  }
}
