/** A question that has no honest answer; the message says why. */
export class Refused extends Error {}
