import { excluding, including } from '../../lib/shared-set.ts'
import { goFrom, goInto, listen } from '../model/channel.ts'
import { connectionsOf, hears } from '../model/grants.ts'
import type { Account, Channel, Guest, Membership, Person } from '../model/people.ts'
import type { Channels } from './channels.ts'

/** Puts people into channels and takes them out, in memory. Their connections hear the channel as long as they are in. */
export class Members {
  readonly #channels: Channels
  readonly #whenAdmitted: ((channel: Channel, account: Account) => void)[] = []

  constructor(parts: { channels: Channels }) {
    this.#channels = parts.channels
  }

  /** Calls `task` when an account has become a member of a channel. */
  onAdmitted(task: (channel: Channel, account: Account) => void): void {
    this.#whenAdmitted.push(task)
  }

  admit(channel: Channel, account: Account, membership: Membership): void {
    this.#channels.resize(channel, () => channel.members.set(account, membership))
    goInto(account, channel)
    for (const listener of connectionsOf(account))
      if (hears(listener.grant, channel.name)) listen(channel, account, listener)
    for (const task of this.#whenAdmitted) task(channel, account)
  }

  admitGuest(channel: Channel, guest: Guest): void {
    this.#channels.resize(channel, () => {
      channel.guests = including(channel.guests, guest)
    })
    goInto(guest, channel)
    for (const listener of guest.listeners) listen(channel, guest, listener)
  }

  /** Takes somebody out. Their connections still hear the channel until `silence`, so that they can be told. */
  remove(channel: Channel, person: Person): void {
    this.#channels.resize(channel, () => {
      if (person.kind === 'account') channel.members.delete(person)
      else channel.guests = excluding(channel.guests, person)
    })
    goFrom(person, channel)
  }

  /** The connections of somebody who is out do not hear the channel any more. */
  silence(channel: Channel, person: Person): void {
    for (const listener of connectionsOf(person)) channel.listeners.delete(listener)
  }
}
