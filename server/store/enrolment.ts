import type { Knex } from 'knex'
import type { EnrolmentPlan } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import { createAccount } from './accounts.ts'
import { addMember, createChannel } from './channels.ts'

/** Makes accounts, channels and memberships. Rejects with NameTaken; the caller has to undo the step then. */
export async function enrol(
  db: Knex,
  { accounts, at, members, rooms }: EnrolmentPlan,
): ReturnType<Store['enrol']> {
  const made = new Map<string, number>()
  for (const { key, name } of rooms)
    made.set(key, await createChannel(db, { name, key, private: false, admin: undefined, at }))
  const put = async (account: number, room: number | string | undefined) => {
    const channel = typeof room === 'string' ? made.get(room) : room
    if (channel !== undefined) await addMember(db, { channel, account, role: undefined, since: at })
  }
  const numbers: number[] = []
  for (const account of accounts) {
    const id = await createAccount(db, account)
    numbers.push(id)
    await put(id, account.room)
  }
  for (const { account, room } of members) await put(account, room)
  return { accounts: numbers, rooms: made }
}
