import { connect, type Socket } from 'node:net'
import { Output } from './output.ts'
import type { Teardown } from './program.ts'

/** Somebody on a plain connection, who is not what the test is about. */
export class Person {
  readonly socket: Socket
  readonly output = new Output()
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>
  #pings = 0

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.output.add(chunk))
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.output.end()
        resolve()
      })
    })
  }

  /** Sends lines. */
  type(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\n`).join(''))
  }

  /** Waits for output, as `Output.expect` does. */
  expect(pattern: string | RegExp): Promise<RegExpExecArray> {
    return this.output.expect(pattern)
  }

  /** Waits until all that was typed is answered. */
  async settle(): Promise<void> {
    const mark = `fence-${++this.#pings}`
    this.type(`/ping ${mark}`)
    await this.expect(mark)
  }
}

/** Connects somebody for the time of the test, from another address of this machine if one is said. They type `lines` at once. */
export async function connectPerson(
  t: Teardown,
  port: number,
  { lines = [], host = '127.0.0.1', from }: { lines?: string[]; host?: string; from?: string } = {},
): Promise<Person> {
  const socket = connect({ port, host, ...(from === undefined ? {} : { localAddress: from }) })
  const person = new Person(socket)
  t.teardown(() => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  if (lines.length > 0) person.type(...lines)
  return person
}

/** Connects a guest. */
export async function connectGuest(t: Teardown, port: number, nick: string): Promise<Person> {
  const person = await connectPerson(t, port, { lines: [`/nick ${nick}`] })
  await person.settle()
  return person
}

/** Connects somebody who makes an account. */
export async function connectMember(
  t: Teardown,
  port: number,
  name: string,
  password: string,
): Promise<Person> {
  const person = await connectPerson(t, port, { lines: [`/signup ${name}`, password, password] })
  await person.settle()
  return person
}
