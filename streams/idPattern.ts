/**
 * The pattern of enterprise ids. It is tried on every id that comes in, and a pattern such as `(a+)+b` takes longer than the age of the
 * world on some of them. So what is admitted has few ways to match: their number bounds what backtracking can cost.
 */
import { type AST, parseRegExpLiteral } from '@eslint-community/regexpp'

/** Ids are no longer than this (contracts.ts). */
const idLengthMax = 64
/** Ways to match one id, at most; each costs some hundred steps. `[A-Z]+-\d+` has 4,096. */
const waysMax = 4_096

/** A whole id is what the text describes. @throws Error when it is no regular expression, or one that some ids would keep busy. */
export function idPattern(text: string): RegExp {
  if (!isExpression(text)) throw new Error(`enterpriseId.pattern: ${text} is no regular expression`)
  const whole = new RegExp(`^(?:${text})$`)
  if (waysOf(parseRegExpLiteral(whole).pattern) > waysMax)
    throw new Error(
      `enterpriseId.pattern: ${text} has too many ways to match an id, and some ids would take for ever; use fixed lengths, and no + or * within a repeated group`,
    )
  return whole
}

/** By itself: `a)|(b` is none, though it would be one between brackets. */
function isExpression(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

type Part = AST.Pattern | AST.Alternative | AST.Element

/** In how many ways a part can match, at most. */
function waysOf(part: Part): number {
  switch (part.type) {
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return sum(part.alternatives.map(waysOf))
    case 'Alternative':
      return part.elements.reduce((ways, element) => ways * waysOf(element), 1)
    case 'Quantifier':
      return repeated(waysOf(part.element), part.min, Math.min(part.max, idLengthMax))
    case 'Assertion':
      return 'alternatives' in part ? sum(part.alternatives.map(waysOf)) : 1
    default:
      return 1
  }
}

/** So many times at least and at most, each time in so many ways. */
function repeated(ways: number, min: number, max: number): number {
  let all = 0
  for (let times = min; times <= Math.max(min, max) && all <= waysMax; times++) all += ways ** times
  return all
}

function sum(all: readonly number[]): number {
  return all.reduce((total, one) => total + one, 0)
}
