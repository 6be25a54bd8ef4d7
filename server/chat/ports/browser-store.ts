/** A browser that stays logged in. Times are in ms since the epoch. */
export interface BrowserRecord {
  readonly id: number
  readonly account: number
  /** SHA-256 of its secret, in hex. */
  readonly hash: string
  readonly createdAt: number
  /** When it was there last, and from which address. */
  readonly usedAt: number
  readonly usedFrom: string | undefined
  /** What the browser is: "Firefox on Linux". */
  readonly agent: string
}

/** The part of the Store about browsers that stay logged in. Another password ends them all: see Store.setPassword. */
export interface BrowserStore {
  /** Answers its number. Those of the account that were there longest ago go, beyond `most`. */
  addBrowser(browser: Omit<BrowserRecord, 'id'>, most: number): Promise<number>
  browserBy(hash: string): Promise<BrowserRecord | undefined>
  /** Oldest first. */
  browsersOf(account: number): Promise<BrowserRecord[]>
  /** Notes that it is there. False if there is none of that number (any more). */
  useBrowser(id: number, at: number, from: string | undefined): Promise<boolean>
  /** False if the account has none of that number. */
  removeBrowser(account: number, id: number): Promise<boolean>
  /** Removes those that were there last before a time (ms since the epoch). Answers how many. */
  removeBrowsersBefore(before: number): Promise<number>
  /**
   * With whom an account has exchanged direct messages lately, the newest first, with the number of the newest message; of
   * accounts only, and as far as its last messages tell.
   */
  partnersOf(account: number, limit: number): Promise<{ other: number; last: number }[]>
}
