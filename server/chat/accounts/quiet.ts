import type { Marking } from '../history/marking.ts'
import { isSpared } from '../history/unread-in-channels.ts'
import type { Spared } from '../model/batch.ts'
import { foldName } from '../model/names.ts'
import type { Channel, Listener, Person, Settings } from '../model/people.ts'
import type { Bus } from '../ports/bus.ts'
import type { OwnSettings } from './own-settings.ts'

/**
 * Quiet channels, of which somebody does not read everything. The choice holds for all connections of a person, and
 * the account remembers it. A script that came by a token chooses for itself, whatever its owner reads.
 */
export class Quiet {
  readonly #ownSettings: OwnSettings
  readonly #bus: Bus
  readonly #marking: Marking

  constructor(parts: { ownSettings: OwnSettings; bus: Bus; marking: Marking }) {
    this.#ownSettings = parts.ownSettings
    this.#bus = parts.bus
    this.#marking = parts.marking
  }

  /** What is hidden from a connection of this person, by the names of channels. */
  of(person: Person, listener: Listener): { channel: string; quiet: Spared }[] {
    return [...person.channels]
      .flatMap(({ listeners, name }) => {
        const quiet = listeners.sparedOf(listener)
        return quiet ? [{ channel: name, quiet }] : []
      })
      .sort((a, b) => a.channel.localeCompare(b.channel))
  }

  /** Hides some of a channel from one of its members, or nothing any more. */
  async set(person: Person, channel: Channel, spared: Spared | undefined, via: Listener): Promise<void> {
    if (via.grant) {
      this.#spare(channel, via, spared)
      return
    }
    const change = ({ quiet }: Settings) => ({ quiet: changed(person, quiet, channel, spared) })
    if (person.kind === 'guest') person.settings = { ...person.settings, ...change(person.settings) }
    else {
      const set = () => this.#ownSettings.change(person, change)
      if (isSpared(person, channel) === (spared === 'all')) await set()
      else await this.#marking.changingQuiet(person, channel, via, set)
    }
    for (const listener of person.listeners) if (!listener.grant) this.#spare(channel, listener, spared)
  }

  #spare(channel: Channel, listener: Listener, spared: Spared | undefined): void {
    // Earlier messages, also of other channels, still arrive in their order.
    this.#bus.settle(listener)
    channel.listeners.spare(listener, spared)
  }
}

/** Drops channels that the person has left, so that the list does not grow for ever; undefined if nothing is left. */
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
