import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import bcrypt from 'bcryptjs'
import type { Store } from '../../server/chat/ports.ts'
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
 * Makes a data directory with accounts and channels. The password is the same for all and its hash the
 * cheapest there is: it is not bcrypt that is measured.
 */
export async function prepare(directory: string, accounts: number, rooms: number): Promise<void> {
  const store = await storeIn(directory)
  const passwordHash = bcrypt.hashSync('password', 4)
  const since = Date.now()
  await Promise.all([
    ...Array.from({ length: accounts }, (_, client) =>
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
    ...Array.from({ length: rooms }, (_, room) =>
      store.createChannel({
        name: roomOf(room),
        key: roomOf(room),
        private: false,
        admin: undefined,
        at: since,
      }),
    ),
  ])
  await store.close()
}
