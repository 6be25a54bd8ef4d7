/**
 * So long somebody whose line ended without a goodbye may take to come back, before others are told that they are gone, and
 * before a private talk is over; in ms. Long enough to connect and to log in by hand.
 */
export const graceMs = 20_000
