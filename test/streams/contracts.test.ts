/** Hostile input, as JSON text: what a sender can really send. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CreditGrade, Enterprise, RiskEvent } from '../../streams/contracts.ts'

const event = { id: 'e1', enterpriseId: '91440101MA5CJQ4N59', type: 'PEN.FINE', occurredAt: '2026-08-03T09:15:00.000Z' }
const grade = { enterpriseId: '91440101MA5CJQ4N59', grade: 'A', effectiveAt: '2026-08-03T00:00:00+08:00' }
const enterprise = { id: '91440101MA5CJQ4N59', region: '440100', industry: '5211' }

const text = (base: object, change: object): string => JSON.stringify({ ...base, ...change })
const withMember = (base: object, member: string): string => `${JSON.stringify(base).slice(0, -1)},${member}}`

/** The two parsers that the program uses agree on everything below. */
function admits(contract: z.ZodType, json: string): boolean {
  const value: unknown = JSON.parse(json)
  const admitted = z.compile(contract).safeParse(value).success
  expect(contract.safeParse(value).success).toBe(admitted)
  return admitted
}

describe('admitted', () => {
  test.each([
    ['the least', text(event, {})],
    ['a zone', text(event, { occurredAt: '2026-08-03T17:15:00+08:00' })],
    ['no milliseconds', text(event, { occurredAt: '2026-08-03T09:15:00Z' })],
    ['a place', text(event, { enterpriseId: 'place:440100' })],
    ['amount 0', text(event, { amount: 0 })],
    ['the largest amount', text(event, { amount: 1e15 })],
    ['an unknown field', text(event, { colour: 'red' })],
    ['attributes', text(event, { attributes: { a: 1, b: 'x', c: true, d: null } })],
    ['a field in Chinese', text(event, { 备注: '无' })],
    ['an id in Chinese', text(event, { id: '事件一' })],
  ])('event: %s', (_, json) => {
    expect(admits(RiskEvent, json)).toBe(true)
  })

  test('grades and enterprises', () => {
    expect(admits(CreditGrade, text(grade, { score: -3.5, issuer: '市场监管总局' }))).toBe(true)
    expect(admits(Enterprise, text(enterprise, { status: 'closed' }))).toBe(true)
  })
})

describe('refused', () => {
  test.each([
    ['no object', '3'],
    ['null', 'null'],
    ['an array', '[]'],
    ['no id', text(event, { id: undefined })],
    ['an empty id', text(event, { id: '' })],
    ['a number as id', text(event, { id: 7 })],
    ['an id too long', text(event, { id: 'x'.repeat(129) })],
    ['a lone surrogate', withMember({ ...event, id: undefined }, '"id":"\\ud800"')],
    ['an enterprise id with a control character', text(event, { enterpriseId: 'a\u0007b' })],
    ['an enterprise id with a line end', text(event, { enterpriseId: 'abc\n' })],
    ['an enterprise id that is not ASCII', text(event, { enterpriseId: '公司' })],
    ['an enterprise id too long', text(event, { enterpriseId: '9'.repeat(65) })],
    ['a date without time', text(event, { occurredAt: '2026-08-03' })],
    ['a time without zone', text(event, { occurredAt: '2026-08-03T09:15:00' })],
    ['30 February', text(event, { occurredAt: '2026-02-30T00:00:00Z' })],
    ['a time as number', text(event, { occurredAt: 1785748500000 })],
    ['a negative amount', text(event, { amount: -1 })],
    ['an infinite amount', withMember(event, '"amount":1e400')],
    ['an amount as text', text(event, { amount: '12' })],
    ['NaN as JSON gives it', text(event, { amount: Number.NaN })],
    ['severity 0', text(event, { severity: 0 })],
    ['severity 6', text(event, { severity: 6 })],
    ['severity 2.5', text(event, { severity: 2.5 })],
    ['null severity', text(event, { severity: null })],
    ['a type too long', text(event, { type: 'x'.repeat(33) })],
    ['an object as region', text(event, { region: { code: '44' } })],
    ['nested attributes', text(event, { attributes: { a: { b: 1 } } })],
    ['an infinite attribute', withMember(event, '"attributes":{"a":-1e400}')],
    ['a long attribute', text(event, { attributes: { a: 'x'.repeat(1025) } })],
    ['a long attribute name', text(event, { attributes: { ['x'.repeat(65)]: 1 } })],
  ])('event: %s', (_, json) => {
    expect(admits(RiskEvent, json)).toBe(false)
  })

  test('NaN is no JSON at all', () => {
    expect(() => JSON.parse(withMember(event, '"amount":NaN'))).toThrow(SyntaxError)
  })

  test('deep nesting', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000)
    expect(admits(RiskEvent, withMember(event, `"attributes":${deep}`))).toBe(false)
    expect(admits(RiskEvent, withMember(event, `"unknown":${deep}`))).toBe(true)
  })

  test('grades and enterprises', () => {
    expect(admits(CreditGrade, text(grade, { grade: '' }))).toBe(false)
    expect(admits(CreditGrade, text(grade, { effectiveAt: 'yesterday' }))).toBe(false)
    expect(admits(Enterprise, text(enterprise, { status: 7 }))).toBe(false)
    expect(admits(Enterprise, text(enterprise, { status: 'x'.repeat(65) }))).toBe(false)
    expect(admits(Enterprise, text(enterprise, { region: undefined }))).toBe(false)
  })
})

test('__proto__ and constructor change nothing', () => {
  const json = withMember(
    event,
    '"__proto__":{"severity":5},"constructor":{"prototype":{"polluted":1}},"attributes":{"__proto__":1,"a":2}',
  )
  const value: unknown = JSON.parse(json)
  for (const parsed of [RiskEvent.parse(value), z.compile(RiskEvent).parse(value)]) {
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(parsed.severity).toBeUndefined()
    expect(parsed.attributes?.a).toBe(2)
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})
