/** Events that move the score of an enterprise far enough to be told, as JSON. */
const types = ['JUD.DISHONEST', 'REG.SERIOUS_LIST', 'JUD.EXECUTED', 'LAB.WAGE_ARREARS', 'INS.FAIL', 'PEN.FINE'] as const
const agoMs = 2 * 3_600_000 // a live record of just now has no age yet

export function graveEvents(enterpriseId: string, count: number): string[] {
  const occurredAt = new Date(Date.now() - agoMs).toISOString()
  return Array.from({ length: count }, (_, n) =>
    JSON.stringify({ id: `${enterpriseId}-${n}`, enterpriseId, type: types[n % types.length], occurredAt }),
  )
}
