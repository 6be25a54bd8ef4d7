import { createHash } from 'node:crypto'
import type { Ticket } from '../../server/chat/files/file.ts'
import type { Upload } from '../../server/chat/files/upload.ts'
import type { ChatEvent, FileData } from '../../server/chat/model/events.ts'
import type { Account, Channel, Person } from '../../server/chat/model/people.ts'
import type { Target } from '../../server/chat/talk/target.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { MemoryVault } from '../support/memory-vault.ts'
import type { Overrides } from '../support/server.ts'
import { TestListener, World } from '../support/world.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs

/** anna leads #tea, bob moderates it, carol is in it; dave is outside, and root is an operator. */
export interface Scene {
  readonly world: World
  readonly store: MemoryStore
  readonly vault: MemoryVault
  readonly clock: ManualClock
  readonly anna: Account
  readonly bob: Account
  readonly carol: Account
  readonly dave: Account
  readonly root: Account
  readonly tea: Channel
  readonly ears: Readonly<Record<'anna' | 'bob' | 'carol' | 'dave', TestListener>>
}

export async function fileScene({
  settings = {},
  secret = false,
}: {
  settings?: Overrides
  secret?: boolean
} = {}): Promise<Scene> {
  const store = new MemoryStore()
  const vault = new MemoryVault()
  const clock = new ManualClock()
  const world = await World.load({ store, vault, clock, settings })
  const ears = {
    anna: new TestListener(),
    bob: new TestListener(),
    carol: new TestListener(),
    dave: new TestListener(),
  }
  const anna = await world.account('anna', ears.anna)
  const bob = await world.account('bob', ears.bob)
  const carol = await world.account('carol', ears.carol)
  const dave = await world.account('dave', ears.dave)
  const root = await world.account('root')
  await world.operators.set(root, true)
  const tea = await world.creating.create(anna, '#tea', secret)
  for (const one of [bob, carol]) {
    if (secret) {
      await world.invitations.invite(anna, tea, [one.name])
      await world.invitations.accept(one, world.invitations.waitingFor(one)[0]?.request ?? 0)
    } else await world.join(one, '#tea')
  }
  await world.moderation.setModerator(anna, tea, 'bob', true)
  for (const ear of Object.values(ears)) ear.take()
  return { world, store, vault, clock, anna, bob, carol, dave, root, tea, ears }
}

/** The same server after a restart, and its people by name. */
export async function restarted({ store, vault, clock }: Scene, settings: Overrides = {}) {
  const world = await World.load({ store, vault, clock, settings })
  const person = (name: string): Account => {
    const account = world.directory.findAccount(name)
    if (!account) throw new Error(`There is no ${name}.`)
    return account
  }
  return { world, person }
}

/** Begins an upload, with so many bytes of it on the way already. */
export async function begun(
  world: World,
  { token }: { readonly token: string },
  size: number | undefined,
  bytes = '',
  offset = 0,
): Promise<Upload> {
  const upload = await world.uploads.begin(token, { size, offset })
  if (bytes !== '') await upload.write(Buffer.from(bytes))
  return upload
}

/** Sends a file that says `bytes`. */
export async function sent(
  world: World,
  from: Account,
  to: Target,
  name = 'report.pdf',
  bytes = 'hello',
): Promise<FileData> {
  const ticket = await world.tickets.offer(from, to, name)
  const upload = await begun(world, ticket, Buffer.byteLength(bytes), bytes)
  return upload.finish()
}

/** A ticket whose upload broke off behind these bytes. */
export async function broken(
  world: World,
  from: Account,
  to: Target,
  size: number,
  bytes: string,
): Promise<Ticket> {
  const ticket = await world.tickets.offer(from, to, 'report.pdf')
  const upload = await begun(world, ticket, size, bytes)
  await upload.breakOff()
  return ticket
}

/** The bytes that a token gets. */
export async function got(world: World, token: string): Promise<string> {
  const { blob, size = 0 } = world.fileTokens.download(token)
  const chunks: Buffer[] = []
  for await (const chunk of world.vault.read(blob, 0, size)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

export function filesHeard(ear: TestListener): (ChatEvent & { type: 'file' })[] {
  return ear.events.filter((event) => event.type === 'file')
}

export function uploadsHeard(ear: TestListener): (ChatEvent & { type: 'upload' })[] {
  return ear.events.filter((event) => event.type === 'upload')
}

/** The numbers of the files that somebody finds. */
export function idsOf(world: World, person: Person, target?: Target): number[] {
  return world.files.list(person, target).map(({ id }) => id)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
