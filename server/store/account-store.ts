import type { Knex } from 'knex'
import type { LoginAddressRecord } from '../chat/model/login-addresses.ts'
import type { Settings } from '../chat/model/people.ts'
import type { Told } from '../chat/ports/change-log.ts'
import type { GroupStore, LinkRecord } from '../chat/ports/group-store.ts'
import type {
  DeletionMode,
  Enrolled,
  EnrolmentPlan,
  NewAccount,
  NewName,
  Secrets,
  TokenRecord,
  TokenSeen,
  TokenUse,
} from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import type { StoreAccess } from './access.ts'
import * as accounts from './accounts.ts'
import * as browsers from './browsers.ts'
import * as channels from './channels.ts'
import { enrol } from './enrolment.ts'
import * as files from './files.ts'
import * as groups from './groups.ts'
import * as invites from './invites.ts'
import * as keep from './keep.ts'
import * as logins from './login-addresses.ts'
import * as messages from './messages.ts'
import * as reading from './read-markers.ts'
import { type MessageRemoval, removalStep } from './removal.ts'
import * as tokens from './tokens.ts'

/** The part of the Store for accounts, their secrets, tokens, addresses, invitation codes, contacts and blocks. */
export function accountStore(access: StoreAccess, removal: MessageRemoval) {
  const { committer } = access
  const updateAccount = (
    account: number,
    columns: Parameters<typeof accounts.updateAccount>[2],
    told?: Told,
  ): Promise<void> => committer.change((db) => accounts.updateAccount(db, account, columns), told)
  return {
    createAccount(account: NewAccount, told?: Told<number>): Promise<number> {
      return committer.change((db) => accounts.createAccount(db, account), told)
    },

    enrol(plan: EnrolmentPlan, told?: Told<Enrolled>): Promise<Enrolled> {
      return committer.change((db) => enrol(db, plan), told)
    },

    secretsOf(account: number): Promise<Secrets | undefined> {
      return access.read((db) => accounts.secretsOf(db, account))
    },

    setPassword(account: number, passwordHash: string): Promise<void> {
      return committer.change(async (db) => {
        await accounts.updateAccount(db, account, { password_hash: passwordHash, initial_password: false })
        await browsers.removeBrowsers(db, account)
      })
    },

    setInitialPassword(account: number, passwordHash: string): Promise<void> {
      return committer.change(async (db) => {
        await accounts.updateAccount(db, account, { password_hash: passwordHash, initial_password: true })
        await tokens.removeTokens(db, account)
        await browsers.removeBrowsers(db, account)
      })
    },

    recover(account: number, { passwordHash, recoveryHash }: Secrets): Promise<void> {
      return committer.change(async (db) => {
        await accounts.updateAccount(db, account, {
          password_hash: passwordHash,
          recovery_hash: recoveryHash,
          initial_password: false,
        })
        await tokens.removeTokens(db, account)
        await browsers.removeBrowsers(db, account)
      })
    },

    setEmail(account: number, email: string | undefined): Promise<void> {
      return updateAccount(account, { email: email ?? null })
    },

    setSettings(account: number, settings: Settings): Promise<void> {
      return updateAccount(account, { settings: JSON.stringify(settings) })
    },

    setWatch(account: number, on: boolean): Promise<void> {
      return updateAccount(account, { watch: on })
    },

    setOperator(account: number, on: boolean, told?: Told): Promise<void> {
      return updateAccount(account, { operator: on }, told)
    },

    saveSeen(...[entries, read = []]: Parameters<Store['saveSeen']>): Promise<void> {
      return committer.change(async (db) => {
        await accounts.saveSeen(db, entries)
        await reading.saveRead(db, read)
      })
    },

    renameAccount(account: number, name: NewName, told?: Told): Promise<void> {
      return committer.change((db) => accounts.renameAccount(db, account, name), told)
    },

    restingNames(): ReturnType<Store['restingNames']> {
      return access.read(accounts.restingNames)
    },

    async deleteAccount(account: number, fate: DeletionMode, at: number): Promise<boolean> {
      // A reading connection finds all messages of the account, and they are removed in steps: other messages do not wait.
      const said =
        fate === 'remove' ? await access.scan((db) => messages.saidBy(db, account), { for: 0 }) : undefined
      for (let start = 0; said && start < said.ids.length; start += removalStep)
        await removal.removeMessages(said.ids.slice(start, start + removalStep))
      // Messages that were on their way when the account ended; no more come after them.
      const late = said ? await access.read((db) => messages.saidSince(db, account, said.upTo)) : []
      if (late.length > 0) await removal.removeMessages(late)
      const end = async (db: Knex) => {
        await files.forgetRoomTokens(db, channels.privateChannelsOf(db, account))
        await files.forgetAccountFiles(db, account, fate !== 'keep')
        const rests = await accounts.deleteAccount(db, account, fate, at)
        await groups.forgetAccount(db, account)
        if (fate !== 'keep') await reading.forgetPlace(db, 'person', account)
        await invites.forgetInvites(db, account)
        if (said) await removal.remove(db, await messages.saidSince(db, account, said.upTo))
        await db('said_once').where({ account }).delete()
        await db('endings').where({ account }).delete()
        if (fate === 'erase') await keep.needScrub(db, 'all')
        return { rests }
      }
      // Nothing is said by this name from this number on.
      const told = { log: [{ kind: 'renamed', account } as const], tell: () => undefined }
      const { rests } = await committer.change(end, told)
      return rests
    },

    addToken(token: TokenRecord): Promise<void> {
      return committer.change((db) => tokens.addToken(db, token))
    },

    tokensOf(account: number): Promise<TokenRecord[]> {
      return access.read((db) => tokens.tokensOf(db, account))
    },

    tokenOwner(hash: string): Promise<number | undefined> {
      return access.read((db) => tokens.tokenOwner(db, hash))
    },

    saveTokensSeen(entries: readonly TokenSeen[]): Promise<void> {
      return committer.change((db) => tokens.saveTokensSeen(db, entries))
    },

    useToken(account: number, use: TokenUse): Promise<boolean> {
      return committer.change((db) => tokens.useToken(db, account, use))
    },

    removeToken(account: number, name: string): Promise<boolean> {
      return committer.change((db) => tokens.removeToken(db, account, name))
    },

    loginAddresses(account: number): Promise<LoginAddressRecord[]> {
      return access.read((db) => logins.loginAddresses(db, account))
    },

    addLoginAddress(account: number, record: LoginAddressRecord, most: number): Promise<boolean> {
      return committer.change((db) => logins.addLoginAddress(db, account, record, most))
    },

    useLoginAddress(account: number, address: string, at: number): Promise<void> {
      return committer.change((db) => logins.useLoginAddress(db, account, address, at))
    },

    tellLoginAddresses(account: number, addresses: readonly string[]): Promise<void> {
      return committer.change((db) => logins.tellLoginAddresses(db, account, addresses))
    },

    addInvite(invite: Parameters<GroupStore['addInvite']>[0]): Promise<void> {
      return committer.change((db) => invites.addInvite(db, invite))
    },

    countInvites(by: number, now: number): Promise<number> {
      return access.read((db) => invites.countInvites(db, by, now))
    },

    hasInvite(hash: string, now: number): Promise<boolean> {
      return access.read((db) => invites.hasInvite(db, hash, now))
    },

    setContact(link: LinkRecord, on: boolean): Promise<void> {
      return committer.change((db) => groups.setLink(db, 'contacts', link, on))
    },

    setBlock(link: LinkRecord, on: boolean, told?: Told): Promise<void> {
      return committer.gate((db) => groups.setBlock(db, link, on), told)
    },
  } satisfies Partial<Store>
}
