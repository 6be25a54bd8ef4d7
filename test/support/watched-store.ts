import type { Store } from '../../server/chat/ports/store.ts'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import type { Activity } from './activity.ts'

/** What a test can do to the disk. */
export interface Disk {
  full: boolean
}

const changes: ReadonlySet<PropertyKey> = new Set<keyof Store>([
  'addBan',
  'addFile',
  'addFileToken',
  'addInvite',
  'addBrowser',
  'addLoginAddress',
  'addMember',
  'addRequest',
  'addToken',
  'answerRequest',
  'append',
  'banAddress',
  'closeChannel',
  'completeFile',
  'createAccount',
  'createChannel',
  'deleteAccount',
  'forgetRequests',
  'ping',
  'recover',
  'removeBan',
  'removeBrowser',
  'removeFileTokens',
  'removeGuestRestraint',
  'removeFiles',
  'removeMember',
  'editMessage',
  'removeMessages',
  'removeMute',
  'removeToken',
  'renameAccount',
  'renameChannel',
  'saveSeen',
  'scrub',
  'setBlock',
  'setContact',
  'setPrivate',
  'setEmail',
  'setFileTokens',
  'setGuestRestraint',
  'setInitialPassword',
  'setMute',
  'setOperator',
  'setPassword',
  'setRole',
  'setSettings',
  'setTopic',
  'setUpload',
  'setWatch',
  'tellLoginAddresses',
  'transfer',
  'unbanAddress',
  'useBrowser',
  'useLoginAddress',
  'saveTokensSeen',
  'useToken',
])

/** The same store, whose work counts as activity; while the disk is full it refuses every change. */
export function watchedStore(store: Store, activity: Activity, disk: Disk): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        if (disk.full && changes.has(name)) return Promise.reject(new StoreUnavailable('The disk is full'))
        return activity.during(Reflect.apply(method, target, args))
      }
    },
  })
}
