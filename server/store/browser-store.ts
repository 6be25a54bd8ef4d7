import type { BrowserRecord } from '../chat/ports/browser-store.ts'
import type { StoreAccess } from './access.ts'
import * as browsers from './browsers.ts'

/** The part of the Store for browsers that stay logged in, and for whom somebody talks with. */
export function browserStore(access: StoreAccess) {
  const { committer } = access
  return {
    addBrowser(browser: Omit<BrowserRecord, 'id'>, most: number): Promise<number> {
      return committer.change((db) => browsers.addBrowser(db, browser, most))
    },

    browserBy(hash: string): Promise<BrowserRecord | undefined> {
      return access.read((db) => browsers.browserBy(db, hash))
    },

    browsersOf(account: number): Promise<BrowserRecord[]> {
      return access.read((db) => browsers.browsersOf(db, account))
    },

    useBrowser(id: number, at: number, from: string | undefined): Promise<boolean> {
      return committer.change((db) => browsers.useBrowser(db, id, at, from))
    },

    removeBrowser(account: number, id: number): Promise<boolean> {
      return committer.change((db) => browsers.removeBrowser(db, account, id))
    },

    removeBrowsersBefore(before: number): Promise<number> {
      return committer.change((db) => browsers.removeBrowsersBefore(db, before))
    },

    partnersOf(account: number, limit: number): Promise<{ other: number; last: number }[]> {
      return access.read((db) => browsers.partnersOf(db, account, limit))
    },
  }
}
