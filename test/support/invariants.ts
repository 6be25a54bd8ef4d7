import type { Channel } from '../../server/chat/channel.ts'
import type { Account, Listener, Person } from '../../server/chat/people.ts'
import type { World } from './world.ts'

/** What is wrong with the registries, by themselves and compared with the store; empty if nothing is. */
export async function contradictions(world: World): Promise<string[]> {
  const stored = await world.store.load()
  const channels = stored.channels.flatMap(({ id }) => world.channels.byId(id) ?? [])
  return [
    ...compare(
      'accounts',
      stored.accounts.map(({ id, name }) => `#${id} ${name}`),
      [...world.directory.accounts()].map(({ id, name }) => `#${id} ${name}`),
    ),
    ...compare(
      'memberships',
      stored.memberships.map(({ channel, account, role }) => `${channel} ${account} ${role}`),
      channels.flatMap(({ id, members }) =>
        [...members].map(([account, { role }]) => `${id} ${account.id} ${role}`),
      ),
    ),
    ...compare(
      'channels',
      stored.channels.map(({ name, private: isPrivate, topic }) => `${name} ${isPrivate} ${topic}`),
      channels.map(({ name, private: isPrivate, topic }) => `${name} ${isPrivate} ${topic}`),
    ),
    ...channels.flatMap((channel) => inChannel(world, channel)),
    ...people(world).flatMap((person) => ofPerson(world, person)),
  ]
}

function people({ directory }: World): Person[] {
  return [...directory.accounts(), ...directory.guests()]
}

function inChannel({ directory }: World, channel: Channel): string[] {
  const { guests, isDefault, listeners, members, name, removed } = channel
  const wrong: string[] = []
  const admins = [...members.values()].filter(({ role }) => role === 'admin')
  const wanted = isDefault || members.size === 0 ? 0 : 1
  if (admins.length !== wanted) wrong.push(`${name} has ${admins.length} admins`)
  if (removed) wrong.push(`${name} is removed and still there`)
  if (members.size + guests.size === 0 && !isDefault) wrong.push(`${name} is empty`)
  for (const person of [...members.keys(), ...guests]) {
    if (!person.channels.has(channel)) wrong.push(`${person.name} does not know of being in ${name}`)
    if (directory.find(person.name) !== person) wrong.push(`${name} has ${person.name}, who is gone`)
  }
  const heard = new Set<Listener>([...members.keys(), ...guests].flatMap((person) => [...person.listeners]))
  if (heard.size !== listeners.size || [...heard].some((one) => !listeners.has(one)))
    wrong.push(`${name} has ${listeners.size} listeners instead of ${heard.size}`)
  return wrong
}

function ofPerson({ channels }: World, person: Person): string[] {
  return [...person.channels].flatMap((channel) => {
    const isMember =
      person.kind === 'account' ? channel.members.has(person as Account) : channel.guests.has(person)
    return isMember && channels.byId(channel.id) === channel
      ? []
      : [`${person.name} believes to be in ${channel.name}`]
  })
}

function compare(what: string, stored: string[], known: string[]): string[] {
  const [a, b] = [stored.sort().join(', '), known.sort().join(', ')]
  return a === b ? [] : [`${what}: the store has ${a}, the registry ${b}`]
}
