import { bytesOf, floods } from '../floods/kinds.ts'
import { connectPerson } from '../process/person.ts'
import type { Teardown } from '../process/program.ts'
import { type Fields, logIn, type Talker } from '../process/talker.ts'
import { get, put, sha256, someBytes, Wire } from '../process/transfer.ts'
import type { Random } from '../support/random.ts'

export const password = 'good-enough'

export interface Town {
  readonly port: number
  readonly random: Random
  /** What was not as it should be. */
  readonly problems: string[]
  /** How often each thing was done. */
  readonly done: Map<string, number>
  over: boolean
}

/** Ends what one task has opened: by the end of the test it would be thousands. */
class Brief implements Teardown {
  readonly #tasks: (() => unknown)[] = []

  teardown(task: () => unknown): void {
    this.#tasks.push(task)
  }

  end(): void {
    for (const task of this.#tasks) task()
  }
}

/** A task that fails so often will not work any more. */
const mostProblems = 100

/** Does one thing after the other until it is over. */
export async function keepDoing(
  town: Town,
  name: string,
  task: (t: Teardown) => Promise<void>,
): Promise<void> {
  while (!town.over && town.problems.length < mostProblems) {
    const brief = new Brief()
    try {
      await task(brief)
      town.done.set(name, (town.done.get(name) ?? 0) + 1)
    } catch (error) {
      if (!town.over) town.problems.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
    brief.end()
  }
}

/** A guest comes, says something, and goes in one of the ways in which people go. */
export async function visit({ port, random }: Town, t: Teardown, count: number): Promise<void> {
  const guest = await connectPerson(t, port, { lines: [`/nick visitor${count}`, 'hello', '/members'] })
  await guest.expect('members of #lobby')
  switch (random.integer(0, 5)) {
    case 0:
      guest.type('/quit')
      break
    case 1:
      guest.socket.end()
      break
    case 2:
      guest.socket.resetAndDestroy()
      return
    case 3:
      guest.socket.end('in the middle of a li')
      break
    case 4:
      guest.socket.pause()
      guest.type(...Array<string>(40).fill('/help'))
      guest.socket.destroy()
      return
    default:
      guest.socket.destroy()
      return
  }
  await guest.closed
}

/** A member comes back, looks around and is gone. */
export async function comeBack({ port, random }: Town, t: Teardown, name: string): Promise<void> {
  const { talker } = await logIn(t, port, name, password)
  for (const line of ['/inbox', '/history #lobby 20', '/who', '/search hello', '/notices', '/contacts'])
    await talker.data(line)
  if (random.chance(0.5)) {
    await talker.data('/quit')
    await talker.closed
  } else talker.socket.resetAndDestroy()
}

/** Two make a room, talk, and leave it, and it is gone. */
export async function meet(one: Talker, other: Talker, otherName: string, count: number): Promise<void> {
  const room = `#room-${otherName}-${count}`
  const invited = new Promise<Fields>((resolve) => {
    other.onEvent = (event) => {
      if (event.type === 'invited') resolve(event)
    }
  })
  await one.data(`/create ${room} private ${otherName}`)
  const { request } = await Promise.race([
    invited,
    other.closed.then(() => Promise.reject(new Error('the connection was lost'))),
  ])
  other.onEvent = () => undefined
  await other.data(`/accept ${request}`)
  await one.data(`/msg ${room} hello @${otherName}`)
  await other.data(`/topic ${room} all about ${count}`)
  await other.data(`/leave ${room}`)
  // Its end is asked for twice.
  await one.ask(`/leave ${room}`)
  await one.data(`/leave ${room}`)
}

/** A file is sent, fetched and deleted; some transfers break off. */
export async function share({ port, random }: Town, t: Teardown, talker: Talker): Promise<void> {
  const bytes = someBytes(random.pick([10, 50_000, 500_000]), random.integer(1, 1000))
  const { id, token } = await talker.data('/filesend #lobby shared.bin')
  if (random.chance(0.3)) {
    const wire = new Wire(t, port)
    await wire.send(`/put ${token} ${bytes.length + 1}\n`)
    await wire.send(bytes)
    wire.socket.destroy()
    await wire.all
    await talker.data(`/filedelete ${id}`)
    return
  }
  const told = await put(t, port, `${token} ${bytes.length}`, bytes)
  if (!/^\* "shared\.bin" is there/m.test(told)) throw new Error(told)
  const { get: key } = await talker.data(`/fileget ${id}`)
  // Requests one behind the other by somebody who reads none of the answers: one file is open, and then none.
  const rude = new Wire(t, port)
  rude.socket.pause()
  await rude.send(`GET /get/${key} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(300))
  await talker.data('/ping')
  rude.socket.resetAndDestroy()
  if (random.chance(0.3)) {
    const wire = new Wire(t, port)
    await wire.send(`/get ${key}\n`)
    await wire.received(1)
    wire.socket.destroy()
  } else if (sha256(await get(t, port, String(key))) !== sha256(bytes)) throw new Error('other bytes came')
  await talker.data(`/filedelete ${id}`)
}

/** Somebody sends what makes work, and does not read; others are answered meanwhile. */
export async function flood({ port, random }: Town, t: Teardown): Promise<void> {
  const { begin, piece } = bytesOf(random.pick(Object.values(floods)), random.integer(0, 3), 20_000)
  const rude = await connectPerson(t, port)
  rude.socket.pause()
  rude.socket.write(Buffer.concat([begin, piece]))
  const guest = await connectPerson(t, port)
  await guest.settle()
  await guest.settle()
  rude.socket.resetAndDestroy()
  guest.type('/quit')
  await guest.closed
}

/** Somebody guesses a password, always the same few names. */
export async function guess({ port, random }: Town, t: Teardown): Promise<void> {
  const person = await connectPerson(t, port, {
    lines: [`/login nobody${random.integer(1, 5)} guess`, '/quit'],
  })
  await person.closed
}
