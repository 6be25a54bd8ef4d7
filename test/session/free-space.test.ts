import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const refused = /The server's disk is nearly full: nothing new is stored now/

t.test(
  'below the floor of free space nothing grows that people can make grow, and all else works',
  async (t) => {
    const server = await TestServer.start({
      directory: directoryFor(t),
      config: { 'store.freeSpaceBytes': 100_000_000, 'accounts.signup': 'open' },
    })
    t.teardown(() => server.stop())
    await server.makeOperator('root', 'good-enough')
    const [anna, bob, carol, root] = [
      await server.connect(),
      await server.connect(),
      await server.connect(),
      await server.connect(),
    ]
    await root.ask('/login root good-enough')
    await anna.ask('/signup anna\npassword\npassword')
    await bob.ask('/signup bob\npassword\npassword')
    await carol.ask('/nick carol')
    await anna.ask('/create #tea\n/contact add root\n/token old\n/topic #tea green\nbefore it was full')
    await bob.ask('/join #tea')
    for (const client of [anna, bob, carol, root]) client.takeLines()

    let asked = 0
    let free = 90_000_000
    const { database, total } = server.space
    Object.defineProperty(server, 'space', {
      get() {
        asked++
        return { free, total, database }
      },
    })
    server.clock.advance(5_000)
    await server.activity.quiet()
    t.match(root.takeLines(), [
      /^\* The disk has 90\.0 MB free, less than store.freeSpaceBytes \(100 MB\): nobody can say/,
    ])
    t.same(bob.takeLines(), [], 'only operators are told')
    t.equal(server.count('disk nearly full'), 1)

    const grows = [
      'hello',
      '/me waves',
      '/msg bob hello',
      '/topic #tea black',
      '/invite #tea root',
      '/contact add bob',
      '/token new',
      '/email anna@example.org',
      '/filesend notes.txt',
      '/menu\n8\nbob\nhello\nc',
      '/create #den',
      '/join #attic',
    ]
    for (const line of grows) t.match((await anna.ask(line)).join('\n'), refused, line)
    // Behind a /join that did not work nothing is said for a moment.
    server.clock.advance(2_000)
    t.match((await anna.ask('/format json\nhello')).join('\n'), /"code":"disk-full"/)
    await anna.ask('/format text')
    t.match((await carol.ask('hello')).join('\n'), refused)
    t.match((await carol.ask('/signup carol')).join('\n'), refused, 'nobody is asked in vain')
    const before = asked
    for (let line = 0; line < 100; line++) anna.send('spam')
    await anna.settled()
    t.equal(asked, before, 'the disk is not asked for it')
    t.same(bob.takeLines(), [], 'nothing is shown')

    const works = [
      ['/history #tea', /before it was full/],
      ['/search before', /before it was full/],
      ['/contact remove root', /root/],
      ['/token old revoke', /old/],
      ['/passwd\npassword\nnew password\nnew password', /changed/],
      ['/block bob', /bob/],
      ['/mute #tea bob', /bob/],
      ['/leave #tea', /You left #tea/],
      ['/logout\n/login anna new password', /Welcome back/],
    ] as const
    for (const [line, answer] of works) {
      const lines = (await anna.ask(line)).join('\n')
      t.match(lines, answer, line)
      t.notMatch(lines, /^!/m, line)
    }
    t.notMatch((await root.ask('/notice the disk is full, wait a moment')).join('\n'), /^!/m)
    t.match((await bob.settled()).join('\n'), /the disk is full, wait a moment/)
    t.notMatch((await bob.ask('/deleteaccount\npassword')).join('\n'), /^!/m)

    free = 110_000_000
    anna.takeLines()
    root.takeLines()
    server.clock.advance(5_000)
    await server.activity.quiet()
    t.match(root.takeLines(), [/The disk has room again: people can talk/])
    t.equal(server.count('disk has room'), 1)
    t.same(await anna.ask('/msg root hello'), [])
    t.match(await root.settled(), [/anna\* hello/])
  },
)
