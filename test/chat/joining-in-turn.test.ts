import { join } from 'node:path'
import t from 'tap'
import type { Store } from '../../server/chat/ports/store.ts'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

const stores: Readonly<Record<string, (directory: string) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: (directory) => openStore({ file: join(directory, 'chat.db'), synchronous: 'off' }),
}

/** So many other tasks have their turn. */
async function turns(count: number, isLong: boolean): Promise<void> {
  for (let turn = 0; turn < count; turn++)
    await (isLong ? new Promise((resolve) => setImmediate(resolve)) : undefined)
}

for (const [name, open] of Object.entries(stores))
  for (const mayMake of [true, false])
    t.test(
      `${name}: nobody joins behind a /private${mayMake ? '' : ' where only operators create'}`,
      async (t) => {
        const store = await open(directoryFor(t))
        t.teardown(() => store.close())
        const world = await World.load({
          store,
          settings: mayMake ? {} : { 'channels.create': 'operators' },
        })
        const codes = new Set<string | undefined>()
        for (let delay = 0; delay < 20; delay++) {
          const ear = new TestListener()
          const anna = await world.account(`anna${delay}`, ear)
          if (!mayMake) await world.operators.set(anna, true)
          const tea = await world.creating.create(anna, `#tea${delay}`, false)
          await world.say(anna, tea, 'a secret')
          const carl = await world.account(`carl${delay}`, new TestListener())
          const gus = world.guest(`gus${delay}`, new TestListener())
          ear.take()
          const closed = world.channelSettings.setPrivate(tea, true, anna)
          await turns(delay % 10, delay >= 10)
          const joined = await Promise.all([carl, gus].map((one) => codeOf(world.join(one, tea.name))))
          await closed
          const [ofCarl, ofGus] = joined
          codes.add(ofCarl)
          t.equal(tea.guests.size, 0, `no guest is in a private channel, delay ${delay}`)
          t.ok(ofCarl === undefined || !tea.members.has(carl), `delay ${delay}`)
          const heard = ear.take().map(({ type }) => type)
          t.notOk(heard.slice(heard.indexOf('channel')).includes('joined'), 'nobody comes in behind it')
          t.equal(heard.includes('joined'), ofCarl === undefined || ofGus === undefined)
          t.equal(
            (await world.channels.require(tea.name, anna)).members.has(carl),
            ofCarl === undefined,
            'who is in it came before',
          )
        }
        t.ok(codes.has(mayMake ? 'invite-only' : 'no-such-channel'))
      },
    )
