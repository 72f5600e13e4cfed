/** A partition of a topic, by the topic's name on the wire. */
export type Place = { topic: string; partition: number }

/** For maps. */
export const placeKey = ({ topic, partition }: Place): string => `${topic}#${partition}`
