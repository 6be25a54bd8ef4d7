import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const people = 12
const lines = 100
const rooms = ['#tea', '#milk'] as const

/** What was said, of lines as `[12:00] #tea <anna> text`. */
function heard(shown: readonly string[]): string[] {
  return shown.flatMap((line) => /^\[[\d:]+\] (#\w+ <\w+> .*)$/.exec(line)?.[1] ?? [])
}

t.test('many talk at once: everybody hears all of it, once, and in the same order', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t), config: { 'limits.burst': 0 } })
  t.teardown(() => server.stop())
  const clients = await Promise.all(Array.from({ length: people }, () => server.connect()))
  const roomOf = (index: number) => rooms[index % rooms.length] ?? rooms[0]
  for (const [index, client] of clients.entries())
    await client.ask(`/signup p${index}\npassword\npassword\n/join ${roomOf(index)}`)
  for (const client of clients) await client.settled()

  for (const [index, client] of clients.entries())
    client.write(Array.from({ length: lines }, (_, line) => `p${index} says ${line}\n`).join(''))
  // Whoever's ping is answered has been heard by everybody.
  const shown = await Promise.all(clients.map((client) => client.settled()))
  for (const [index, client] of clients.entries()) shown[index]?.push(...(await client.settled()))

  for (const room of rooms) {
    const members = clients.flatMap((_, index) => (roomOf(index) === room ? [index] : []))
    const all = heard(await historyOf(room))
    t.equal(all.length, members.length * lines)
    for (const member of members) {
      t.same(
        heard(shown[member] ?? []),
        all.filter((line) => !line.startsWith(`${room} <p${member}> `)),
        `p${member} heard in ${room} what is stored, but for what p${member} said`,
      )
      t.same(
        all.filter((line) => line.startsWith(`${room} <p${member}> `)),
        Array.from({ length: lines }, (_, line) => `${room} <p${member}> p${member} says ${line}`),
        `what p${member} said is in the order in which it was said`,
      )
    }
  }

  /** All of a room's messages, oldest first, page by page. */
  async function historyOf(room: string): Promise<string[]> {
    const reader = clients[rooms.indexOf(room as (typeof rooms)[number])]
    if (!reader) return []
    await reader.ask('/format json')
    const found: string[] = []
    for (let before = '', more = true; more; ) {
      const answer = (await reader.ask(`/history ${room} 100 ${before}`)).find((line) =>
        line.includes('"command":"history"'),
      )
      const { data } = JSON.parse(answer ?? '') as {
        data: { messages: { id: number; from: string; text: string }[]; more: boolean }
      }
      found.unshift(...data.messages.map(({ from, text }) => `[00:00] ${room} <${from}> ${text}`))
      before = `before ${data.messages[0]?.id}`
      more = data.more
    }
    return found
  }
})
