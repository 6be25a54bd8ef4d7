import type { Spared } from '../model/batch.ts'
import { foldName } from '../model/names.ts'
import type { Channel, Listener, Person, Settings } from '../model/people.ts'
import type { Bus } from '../ports/bus.ts'
import type { Accounts } from './accounts.ts'

/**
 * Channels in which somebody does not read everything. It is about all connections of a person, and remembered with the
 * account; a script that came by a token chooses for itself, so that it hears what it did whatever its owner reads.
 */
export class Quiet {
  readonly #accounts: Accounts
  readonly #bus: Bus

  constructor({ accounts, bus }: { accounts: Accounts; bus: Bus }) {
    this.#accounts = accounts
    this.#bus = bus
  }

  /** What a connection of this person is spared, by the names of channels. */
  of(person: Person, listener: Listener): { channel: string; quiet: Spared }[] {
    return [...person.channels]
      .flatMap(({ listeners, name }) => {
        const quiet = listeners.sparedOf(listener)
        return quiet ? [{ channel: name, quiet }] : []
      })
      .sort((a, b) => a.channel.localeCompare(b.channel))
  }

  /** Spares somebody some of what happens in a channel that they are in, or nothing any more. */
  async set(person: Person, channel: Channel, spared: Spared | undefined, by: Listener): Promise<void> {
    if (by.grant) {
      this.#spare(channel, by, spared)
      return
    }
    const change = ({ quiet }: Settings) => ({ quiet: changed(person, quiet, channel, spared) })
    if (person.kind === 'account') await this.#accounts.setSettings(person, change)
    else person.settings = { ...person.settings, ...change(person.settings) }
    for (const listener of person.listeners) if (!listener.grant) this.#spare(channel, listener, spared)
  }

  #spare(channel: Channel, listener: Listener, spared: Spared | undefined): void {
    // What was said until now is heard in its order, also that of other channels.
    this.#bus.settle(listener)
    channel.listeners.spare(listener, spared)
  }
}

/** Without the channels that somebody is not in any more, so that it does not grow for ever; undefined if nothing is left. */
function changed(
  { channels }: Person,
  quiet: Settings['quiet'],
  channel: Channel,
  spared: Spared | undefined,
): Settings['quiet'] {
  const entries = [...channels].flatMap((one) => {
    const key = foldName(one.name)
    const value = one === channel ? spared : quiet?.[key]
    return value ? [[key, value] as const] : []
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
