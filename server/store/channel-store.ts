import type { Knex } from 'knex'
import type { RestraintKind, Role } from '../chat/model/people.ts'
import type { Told } from '../chat/ports/change-log.ts'
import type {
  AddressBanRecord,
  GroupStore,
  GuestRestraintRecord,
  RestraintRecord,
  ToldWithdrawing,
} from '../chat/ports/group-store.ts'
import type { MembershipRecord, NewName } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import type { StoreAccess } from './access.ts'
import * as addressBans from './address-bans.ts'
import * as channels from './channels.ts'
import * as files from './files.ts'
import * as groups from './groups.ts'

/** The part of the Store for channels: members, roles, requests, bans and mutes, and banned addresses. */
export function channelStore(access: StoreAccess) {
  const { committer } = access
  /** Takes a right away, and withdraws requests in the same step. */
  const withdrawing = (run: (db: Knex) => Promise<void>, told: ToldWithdrawing | undefined): Promise<void> =>
    committer.gate(async (db) => {
      await run(db)
      await groups.forgetRequests(db, told?.requests ?? [])
    }, told)
  return {
    createChannel(channel: Parameters<Store['createChannel']>[0], told?: Told<number>): Promise<number> {
      return committer.change((db) => channels.createChannel(db, channel), told)
    },

    setTopic(channel: number, topic: string, told?: Told): Promise<void> {
      return committer.change((db) => channels.setTopic(db, channel, topic), told)
    },

    renameChannel(channel: number, name: NewName, from: string, told?: Told): Promise<void> {
      return committer.change((db) => channels.renameChannel(db, channel, name, from), told)
    },

    setPrivate(channel: number, isPrivate: boolean, told?: Told): Promise<void> {
      return committer.gate((db) => channels.setPrivate(db, channel, isPrivate), told)
    },

    closeChannel(channel: number, at: number, told?: Told): Promise<void> {
      return committer.gate(async (db) => {
        await channels.closeChannel(db, channel, at)
        await groups.forgetChannel(db, channel)
        await files.forgetChannelFiles(db, channel)
      }, told)
    },

    addMember(member: MembershipRecord, told?: Told): Promise<void> {
      return committer.change((db) => channels.addMember(db, member), told)
    },

    removeMember(
      channel: number,
      account: number,
      { successor, loses = true }: Parameters<Store['removeMember']>[2] = {},
      told?: ToldWithdrawing,
    ): Promise<void> {
      return withdrawing(async (db) => {
        await channels.removeMember(db, channel, account, successor)
        if (loses) await files.forgetRoomTokens(db, channel)
      }, told)
    },

    setRole(channel: number, account: number, role: Role | undefined, told?: ToldWithdrawing): Promise<void> {
      return withdrawing((db) => channels.setRole(db, channel, account, role), told)
    },

    transfer(channel: number, from: number, to: number, told?: ToldWithdrawing): Promise<void> {
      return withdrawing((db) => channels.transfer(db, channel, from, to), told)
    },

    loadGroups(): ReturnType<GroupStore['loadGroups']> {
      return access.read(async (db) => ({
        ...(await groups.loadGroups(db)),
        addressBans: await addressBans.loadAddressBans(db),
      }))
    },

    addRequest(request: Parameters<GroupStore['addRequest']>[0], told?: Told<number>): Promise<number> {
      return committer.change((db) => groups.addRequest(db, request), told)
    },

    answerRequest(id: number, answer: 'rejected' | MembershipRecord, told?: Told): Promise<void> {
      return committer.change((db) => groups.answerRequest(db, id, answer), told)
    },

    forgetRequests(ids: readonly number[], told?: Told): Promise<void> {
      return committer.change((db) => groups.forgetRequests(db, ids), told)
    },

    addBan(ban: RestraintRecord, at: number, successor?: number, told?: Told): Promise<void> {
      return committer.gate(async (db) => {
        await groups.addBan(db, ban, at)
        if (successor !== undefined) await channels.setRole(db, ban.channel, successor, 'admin')
        await files.forgetRoomTokens(db, ban.channel)
      }, told)
    },

    removeBan(channel: number, account: number, told?: Told): Promise<void> {
      return committer.change((db) => groups.removeBan(db, channel, account), told)
    },

    setMute(mute: RestraintRecord, told?: Told): Promise<void> {
      return committer.gate((db) => groups.setMute(db, mute), told)
    },

    removeMute(channel: number, account: number, told?: Told): Promise<void> {
      return committer.change((db) => groups.removeMute(db, channel, account), told)
    },

    setGuestRestraint(restraint: GuestRestraintRecord, told?: Told): Promise<void> {
      return committer.gate((db) => groups.setGuestRestraint(db, restraint), told)
    },

    removeGuestRestraint(channel: number, kind: RestraintKind, told?: Told): Promise<void> {
      return committer.change((db) => groups.removeGuestRestraint(db, channel, kind), told)
    },

    banAddress(ban: AddressBanRecord): Promise<void> {
      return committer.change((db) => addressBans.banAddress(db, ban))
    },

    unbanAddress(cidr: string): Promise<boolean> {
      return committer.change((db) => addressBans.unbanAddress(db, cidr))
    },
  } satisfies Partial<Store>
}
