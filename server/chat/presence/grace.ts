/**
 * How long somebody whose line was lost may take to come back before others are told that they are gone, and before a private
 * talk ends (ms). Long enough to connect and to log in by hand.
 */
export const graceMs = 20_000
