import type {
  Account,
  Channel,
  Listener,
  Person,
  Restraint,
  RestraintKind,
} from '../../server/chat/model/people.ts'
import type { World } from './world.ts'

/** What is wrong in the registries, by themselves and compared with the store; empty if nothing is. */
export async function contradictions(world: World): Promise<string[]> {
  const stored = await world.store.load()
  const known = stored.channels.flatMap(({ id }) => world.channels.byId(id) ?? [])
  const channels = [...new Set([...known, ...people(world).flatMap((person) => [...person.channels])])]
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
    ...(await groups(world, channels)),
    ...channels.flatMap((channel) => inChannel(world, channel)),
    ...people(world).flatMap((person) => ofPerson(world, person)),
  ]
}

/** Requests, bans, mutes, contacts and blocks, as the store has them and as the registries do. */
async function groups(
  { directory, invitations, store }: World,
  channels: readonly Channel[],
): Promise<string[]> {
  const stored = await store.loadGroups()
  const accounts = [...directory.accounts()]
  const requests = new Map(
    accounts.flatMap((account) => invitations.list(account)).map((row) => [row.request, row]),
  )
  const name = (id: number) => directory.account(id)?.name
  const channelName = (id: number) => channels.find((channel) => channel.id === id)?.name
  return [
    ...compare(
      'requests',
      // What was answered and told is forgotten a while later, and shown to nobody meanwhile.
      stored.requests
        .filter(({ answer, id }) => answer === 'pending' || requests.has(id))
        .map(
          ({ id, channel, account, by, answer }) =>
            `${id} ${channelName(channel)} ${name(account)} ${name(by)} ${answer}`,
        ),
      [...requests.values()].map(
        ({ request, channel, user, by, answer }) => `${request} ${channel} ${user} ${by} ${answer}`,
      ),
    ),
    ...compare(
      'bans',
      stored.bans.map(({ account, ...set }) => restraintText(account, set)),
      channels.flatMap((channel) => restraintTexts(channel, 'ban')),
    ),
    ...compare(
      'mutes',
      stored.mutes.map(({ account, ...set }) => restraintText(account, set)),
      channels.flatMap((channel) => restraintTexts(channel, 'mute')),
    ),
    ...compare(
      'what is about all guests',
      stored.guestRestraints.map(({ kind, ...set }) => restraintText(kind, set)),
      channels.flatMap((channel) =>
        (['ban', 'mute'] as const).flatMap((kind) => {
          const { guests } = channel[kind]
          return guests ? [restraintText(kind, { channel: channel.id, ...guests })] : []
        }),
      ),
    ),
    ...compare(
      'contacts',
      stored.contacts.map(({ account, other }) => `${account} ${other}`),
      accounts.flatMap(({ id, contacts }) => [...contacts].map((other) => `${id} ${other.id}`)),
    ),
    ...compare(
      'blocks',
      stored.blocks.map(({ account, other }) => `${account} ${other}`),
      accounts.flatMap(({ id, blocked }) =>
        [...blocked].flatMap((other) => (other.kind === 'account' ? [`${id} ${other.id}`] : [])),
      ),
    ),
    ...accounts
      .flatMap((account) => [
        ...[...account.contacts].filter((one) => !one.contactOf.has(account)),
        ...[...account.contactOf].filter((one) => !one.contacts.has(account)),
        ...[...account.blocked].filter((one) => !one.blockedBy.has(account)),
        ...[...account.blockedBy].filter((one) => !one.blocked.has(account)),
      ])
      .map((one) => `${one.name} is linked on one side only`),
  ]
}

function restraintText(who: number | string, set: Restraint & { readonly channel: number }): string {
  return `${set.channel} ${who} ${set.until} ${set.why} ${set.rank}`
}

function restraintTexts(channel: Channel, kind: RestraintKind): string[] {
  return [...channel[kind].accounts].map(([account, set]) =>
    restraintText(account.id, { channel: channel.id, ...set }),
  )
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
  // A start closes nothing where nobody is in any room: what says who is in one may be missing.
  const known = [...directory.accounts()].some(({ channels }) => channels.size > 0)
  if (members.size + guests.size === 0 && !isDefault && known) wrong.push(`${name} is empty`)
  for (const person of [...members.keys(), ...guests]) {
    if (!person.channels.has(channel)) wrong.push(`${person.name} does not know of being in ${name}`)
    if (directory.find(person.name) !== person) wrong.push(`${name} has ${person.name}, who is gone`)
  }
  for (const account of channel.ban.accounts.keys()) {
    if (members.has(account)) wrong.push(`${account.name} is banned from ${name} and in it`)
    if (directory.account(account.id) !== account)
      wrong.push(`${name} has banned ${account.name}, who is gone`)
  }
  if (channel.private && guests.size > 0) wrong.push(`guests are in ${name}, which is private`)
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
