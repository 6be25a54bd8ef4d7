import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'

/** anna leads #tea, mona is a moderator of it; root is an operator, and everybody comes from an address of their own. */
async function scene(t: Test, config: Overrides = {}) {
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'good-enough')
  let place = 10
  const come = (from = `127.0.0.${++place}`) => server.connect(from)
  const signUp = async (name: string, from?: string) => {
    const client = await come(from)
    await client.ask(`/signup ${name}\npassword\npassword`)
    return client
  }
  const root = await come()
  await root.ask('/login root good-enough')
  const anna = await signUp('anna')
  await anna.ask('/create #tea')
  const mona = await signUp('mona')
  await mona.ask('/join #tea')
  await anna.ask('/promote #tea mona')
  return { server, come, signUp, root, anna, mona }
}

/** What a line is answered with, as one text. */
async function answer(client: LineClient, line: string): Promise<string> {
  await client.settled()
  return (await client.ask(line)).join('\n')
}

const banned = /You are banned from #tea/

t.test('/unban ends what followed from the ban, and there is no mute that nobody has set', async (t) => {
  const { anna, come, signUp } = await scene(t)
  const troll = await signUp('troll', '127.0.0.5')
  await troll.ask('/join #tea')
  await anna.ask('/ban #tea troll 2h')
  await troll.ask('/logout')
  await troll.ask('/signup troll2\npassword\npassword')
  const fresh = await come('127.0.0.5')
  await fresh.ask('/signup fresh\npassword\npassword')
  t.match(await answer(fresh, '/join #tea'), banned)
  t.match(await answer(anna, '/ban #tea'), /3 bans/)
  t.notMatch(await answer(anna, '/mute #tea'), /troll|fresh/)
  await anna.ask('/unban #tea troll')
  t.notMatch(await answer(anna, '/ban #tea'), /troll|fresh/)
  for (const client of [troll, fresh]) {
    await client.ask('/join #tea')
    t.match(await answer(client, '/topic #tea'), /has no topic/)
    t.same(await client.ask('/msg #tea hello'), [])
  }
})

t.test('who has just left is known by where they were', async (t) => {
  const { anna, come, server, signUp } = await scene(t)
  for (const [name, line, address] of [
    ['troll', '/ban #tea troll', '127.0.0.5'],
    ['imp', '/ban #tea imp 7d', '127.0.0.6'],
  ] as const) {
    const gone = await signUp(name, address)
    await gone.ask('/join #tea\nSPAM')
    await gone.ask('/quit')
    await anna.ask(line)
    const back = await come(address)
    await back.ask('/nick back')
    t.match(await answer(back, '/join #tea'), banned, line)
    server.clock.advance(3_601_000)
    t.match(await answer(back, '/join #tea'), /\* #tea: /, 'not for ever: others come from there too')
    await back.ask('/quit')
  }
})

t.test('a ban follows the connection: /logout, another nick, another account', async (t) => {
  const { anna, come, server, signUp } = await scene(t)
  const troll = await signUp('troll', '127.0.0.5')
  await troll.ask('/join #tea')
  await anna.ask('/ban #tea troll being rude')
  t.match(await answer(troll, '/join #tea'), /banned from #tea \("being rude"\)/)
  // Long after the address counts for nothing any more.
  server.clock.advance(2 * 3_600_000)
  await troll.ask('/logout')
  await troll.ask('/nick zoe')
  t.match(await answer(troll, '/join #tea'), banned)
  await troll.ask('/nick zoey')
  t.match(await answer(troll, '/join #tea'), banned)
  await troll.ask('/signup troll2\npassword\npassword')
  t.match(await answer(troll, '/join #tea'), /banned from #tea \("being rude"\)/)
  t.match(
    await answer(anna, '/ban #tea'),
    /- troll .*"being rude"\n- troll2 .*"being rude"\n\* 2 bans in #tea/,
  )
  const other = await come('127.0.0.5')
  await other.ask('/nick other')
  t.match(await answer(other, '/join #tea'), /\* #tea: /, 'somebody else there may')
  await anna.ask('/unban #tea troll2')
  t.match(await answer(troll, '/join #tea'), /\* #tea: /)
})

t.test(
  'for an hour it is about guests and new accounts of the address, and never about older ones',
  async (t) => {
    const { anna, come, server, signUp } = await scene(t)
    const pupil = await signUp('pupil', '127.0.0.5')
    const troll = await signUp('troll', '127.0.0.5')
    await anna.ask('/ban #tea troll')
    await troll.ask('/quit')
    t.match(await answer(pupil, '/join #tea'), /\* #tea: /)
    const guest = await come('127.0.0.5')
    await guest.ask('/nick zoe')
    t.match(await answer(guest, '/join #tea'), /banned from #tea until 19:00/)
    const again = await signUp('again', '127.0.0.5')
    t.match(await answer(again, '/join #tea'), /banned from #tea until 19:00/)
    server.clock.advance(3_600_000)
    for (const client of [guest, again]) t.match(await answer(client, '/join #tea'), /\* #tea: /)
  },
)

t.test('whoever deletes an account and makes another one sheds neither ban nor mute nor block', async (t) => {
  const { anna, mona, signUp } = await scene(t)
  const troll = await signUp('troll', '127.0.0.5')
  await troll.ask('/join #tea')
  await anna.ask('/mute #tea troll')
  await anna.ask('/create #den2')
  await anna.ask('/ban #den2 troll')
  await mona.ask('/block troll')
  await troll.ask('/deleteaccount\npassword')
  await troll.ask('/signup troll2\npassword\npassword')
  t.match(await answer(troll, '/join #den2'), /banned from #den2/)
  await troll.ask('/join #tea')
  t.match(await answer(troll, 'hello'), /You may read #tea, but not speak there/)
  t.notMatch((await mona.settled()).join('\n'), /hello/)
  t.match(await answer(mona, '/blocks'), /troll2/)
  // Another connection, from the same address, within the hour.
  const third = await signUp('third', '127.0.0.5')
  t.match(await answer(third, '/join #den2'), /banned from #den2/)
  await third.ask('/msg mona are you there')
  t.notMatch((await mona.settled()).join('\n'), /are you there/)
})

t.test('a guest is banned, with all who come from there', async (t) => {
  const { anna, come, server, signUp } = await scene(t)
  const zoe = await come('127.0.0.5')
  await zoe.ask('/nick zoe\n/join #tea')
  const told = await answer(anna, '/ban #tea zoe spam')
  t.match(told, /~zoe is banned from #tea until 19:00 \("spam"\)\. So are all guests from the same address/)
  t.match((await zoe.settled()).join('\n'), /anna banned you from #tea until 19:00 \("spam"\)/)
  t.match(await answer(zoe, '/join #tea'), /banned from #tea until 19:00 \("spam"\)/)
  await zoe.ask('/logout\n/nick other')
  t.match(await answer(zoe, '/join #tea'), banned)
  await zoe.ask('/signup other\npassword\npassword')
  t.match(await answer(zoe, '/join #tea'), banned)
  const elsewhere = await come('127.0.0.6')
  await elsewhere.ask('/nick zoe')
  t.match(await answer(elsewhere, '/join #tea'), /\* #tea: /)
  await elsewhere.ask('/quit')
  const third = await come('127.0.0.5')
  await third.ask('/nick third')
  t.match(await answer(third, '/join #tea'), banned)
  t.match(await answer(anna, '/unban #tea zoe'), /~zoe may come into #tea again/)
  t.match(await answer(third, '/join #tea'), /\* #tea: /)
  await anna.ask('/ban #tea third 2d')
  server.clock.advance(47 * 3_600_000)
  const day = await come('127.0.0.5')
  await day.ask('/nick day')
  t.match(await answer(day, '/join #tea'), /banned from #tea until 18:00/)
  const newcomer = await signUp('newcomer', '127.0.0.5')
  t.match(await answer(newcomer, '/join #tea'), /\* #tea: /, 'accounts are taken for them for an hour only')
})

t.test('a channel is for members only, or silent for guests', async (t) => {
  const { anna, come, mona, root, server } = await scene(t)
  const zoe = await come()
  await zoe.ask('/nick zoe\n/join #tea')
  t.match(
    await answer(mona, '/mute #tea guests 10m exam'),
    /Guests cannot speak in #tea until 18:10 \("exam"\)/,
  )
  t.match((await zoe.settled()).join('\n'), /mona muted guests in #tea until 18:10 \("exam"\)/)
  t.match(
    await answer(zoe, 'hello'),
    /Guests may read #tea, but not speak there until 18:10 \("exam"\)\. Make an account/,
  )
  t.match(await answer(zoe, '/nick zoey'), /You are now/, 'a nick may be changed')
  server.clock.advance(600_000)
  t.match((await zoe.settled()).join('\n'), /\* You may speak in #tea again/)
  t.notMatch(await answer(zoe, 'hello'), /^!/m)
  await anna.ask('/mute #tea guests')
  t.match(await answer(mona, '/unmute #tea guests'), /with a higher rank in the channel/)
  await zoe.ask('/signup zoey\npassword\npassword')
  t.notMatch(await answer(zoe, 'hello, as a member'), /^!/m, 'who signs up may speak')

  const yan = await come()
  await yan.ask('/nick yan\n/join #tea')
  t.match(await answer(anna, '/ban #tea guests members only'), /#tea is for members only \("members only"\)/)
  t.match((await yan.settled()).join('\n'), /anna banned you from #tea \("members only"\)/)
  t.match(await answer(yan, '/join #tea'), /#tea is closed to guests \("members only"\)\. Make an account/)
  t.match(await answer(anna, '/ban #tea'), /- guests \(all of them\) +until \/unban +"members only"/)
  await root.ask('/ban #lobby guests')
  const nobody = await come()
  t.match(await answer(nobody, '/nick nobody'), /You are ~nobody/)
  t.match(await answer(nobody, '/join #lobby'), /#lobby is closed to guests/)
  await anna.ask('/unban #tea guests')
  t.match(await answer(yan, '/join #tea'), /\* #tea: /)
})

t.test('what a higher one has set is not lifted, changed or inherited, and never on oneself', async (t) => {
  const { anna, mona, root, signUp } = await scene(t)
  const above = /with a higher rank in the channel/
  const carol = await signUp('carol')
  await carol.ask('/join #tea')
  await anna.ask('/mute #tea mona')
  t.match(await answer(mona, '/unmute #tea mona'), /cannot do that to yourself/)
  await root.ask('/mute #tea anna 1h slow down')
  t.match(await answer(anna, '/unmute #tea anna'), /cannot do that to yourself/)
  t.match(await answer(mona, '/unmute #tea anna'), above)
  t.match(await answer(anna, 'hello'), /not speak there until 19:00 \("slow down"\)\.$/m)
  await anna.ask('/mute #tea carol')
  for (const line of ['/unmute #tea carol', '/mute #tea carol 1s'])
    t.match(await answer(mona, line), above, line)
  await anna.ask('/ban #tea carol')
  for (const line of ['/unban #tea carol', '/ban #tea carol 1s'])
    t.match(await answer(mona, line), above, line)
  t.match(await answer(root, '/unban #tea carol'), /may come into/, 'a higher one may')
  t.match(await answer(anna, '/unmute #tea carol'), /may speak/)
  // The admin who was muted by a moderator before.
  await mona.ask('/mute #tea carol')
  await anna.ask('/transfer #tea carol')
  t.match(await answer(carol, '/unmute #tea carol'), /cannot do that to yourself|not in/)
})

t.test('who may not speak inherits a channel last', async (t) => {
  const { anna, mona, signUp } = await scene(t)
  const carol = await signUp('carol')
  await carol.ask('/join #tea')
  await anna.ask('/mute #tea mona')
  await anna.ask('/leave #tea')
  t.match(await answer(carol, '/members #tea'), /- carol .*admin/)
  await carol.ask('/leave #tea')
  t.match(await answer(mona, '/members #tea'), /- mona .*admin/, 'rather than nobody')
})

t.test('what is set, its end, its reason and its rank are there after a restart', async (t) => {
  const directory = directoryFor(t)
  const first = await TestServer.start({ directory })
  const lines = '/create #tea\n/ban #tea bob 7d rude again\n/ban #tea guests\n/mute #tea guests 1h'
  const bob = await first.connect()
  await bob.ask('/signup bob\npassword\npassword')
  await (await first.connect()).ask(`/signup anna\npassword\npassword\n${lines}`)
  await first.stop()
  const server = await TestServer.start({ directory })
  t.teardown(() => server.stop())
  const anna = await server.connect()
  await anna.ask('/login anna password')
  const shown = await answer(anna, '/ban #tea')
  t.match(shown, /- bob +until 2026-11-27 18:00 +"rude again"\n- guests \(all of them\) +until \/unban/)
  t.match(await answer(anna, '/mute #tea'), /- guests \(all of them\) +until 2026-11-20 19:00/)
  const again = await server.connect()
  await again.ask('/login bob password')
  t.match(
    await answer(again, '/join #tea'),
    /banned from #tea until 2026-11-27 18:00 \("rude again"\)\. Only those/,
  )
  server.clock.advance(7 * 86_400_000)
  t.match(await answer(again, '/join #tea'), /\* #tea: /)
})
