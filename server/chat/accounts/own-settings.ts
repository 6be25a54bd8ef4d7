import { KeyedMutex } from '../../lib/keyed-mutex.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { checkEmail } from '../model/names.ts'
import type { Account, Person, Settings } from '../model/people.ts'
import type { Store } from '../ports/store.ts'

/** What people choose for themselves: settings and e-mail address. */
export class OwnSettings {
  readonly #store: Store
  readonly #space: FreeSpace
  /** Settings change one at a time, so that of two simultaneous changes none is lost. */
  readonly #changes = new KeyedMutex<Account>()

  constructor(parts: { store: Store; space: FreeSpace }) {
    this.#store = parts.store
    this.#space = parts.space
  }

  async setEmail(account: Account, address: string | undefined): Promise<void> {
    const email = address === undefined ? undefined : checkEmail(address)
    if (email !== undefined) this.#space.require()
    await this.#store.setEmail(account.id, email)
    account.email = email
  }

  /** Remembers settings of a member or a guest; those of a guest are kept while they are here. */
  async choose(person: Person, change: Settings): Promise<void> {
    if (person.kind === 'account') await this.change(person, change)
    else person.settings = { ...person.settings, ...change }
  }

  /** Changes some settings and keeps the others; `change` may be a function of the settings at that time. */
  async change(account: Account, change: Settings | ((now: Settings) => Settings)): Promise<void> {
    await this.#changes.run(account, async () => {
      const now = account.settings
      const settings = { ...now, ...(typeof change === 'function' ? change(now) : change) }
      await this.#store.setSettings(account.id, settings)
      account.settings = settings
    })
  }
}
