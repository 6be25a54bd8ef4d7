import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import bcrypt from 'bcryptjs'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'

/** The client with this number, as load.c names it. */
export function nameOf(client: number): string {
  return `u${String(client).padStart(5, '0')}`
}

/** The room with this number. */
export function roomOf(room: number): string {
  return `#c${String(room).padStart(3, '0')}`
}

/** Opens the store of a data directory as the server does. */
export function storeIn(directory: string): Promise<Store> {
  mkdirSync(directory, { recursive: true })
  return openStore({ file: join(directory, 'partyline.db'), synchronous: 'full' })
}

/**
 * Makes a data directory with accounts, who are all members of some rooms. The password is the same for all
 * and its hash the cheapest there is: it is not bcrypt that is measured.
 */
export async function prepare(directory: string, accounts: number, rooms = 0): Promise<void> {
  const store = await storeIn(directory)
  const passwordHash = bcrypt.hashSync('password', 4)
  const since = Date.now()
  const ids = await Promise.all(
    Array.from({ length: accounts }, (_, client) =>
      store.createAccount({
        name: nameOf(client),
        key: nameOf(client),
        email: undefined,
        passwordHash,
        recoveryHash: '',
        since,
        operator: false,
        initialPassword: false,
        invite: undefined,
      }),
    ),
  )
  for (let room = 0; room < rooms; room++) {
    const [name, admin] = [roomOf(room), ids[0]]
    const channel = await store.createChannel({ name, key: name, private: false, admin, at: since })
    await Promise.all(
      ids.slice(1).map((account) => store.addMember({ channel, account, role: undefined, since })),
    )
  }
  await store.close()
}
