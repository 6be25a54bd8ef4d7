import t from 'tap'
import { AddressCount } from '../../server/admission/address-count.ts'

t.test('so many connections of one address, and a place that becomes free', async (t) => {
  const count = new AddressCount({ connectionsPerAddress: 2, membersPerAddress: 0 })
  t.ok(count.enter('192.0.2.1'))
  t.ok(count.enter('::ffff:192.0.2.1'))
  t.notOk(count.enter('192.0.2.1'), 'a third one')
  t.ok(count.enter('192.0.2.2'), 'others are not concerned')
  count.leave('192.0.2.1')
  t.ok(count.enter('192.0.2.1'))
  t.notOk(count.enter('192.0.2.1'))
})

t.test('a customer’s /64 is one address, and this machine is not limited', async (t) => {
  const count = new AddressCount({ connectionsPerAddress: 1, membersPerAddress: 0 })
  t.ok(count.enter('2001:db8:1:2::1'))
  t.notOk(count.enter('2001:db8:1:2:ffff::9'))
  t.ok(count.enter('2001:db8:1:3::1'))
  for (let index = 0; index < 100; index++) t.ok(count.enter('127.0.0.1'))
  for (let index = 0; index < 200; index++) count.leave('127.0.0.1')
})

t.test('0 is no limit, and what is left is not counted', async (t) => {
  const count = new AddressCount({ connectionsPerAddress: 0, membersPerAddress: 0 })
  for (let index = 0; index < 100; index++) t.ok(count.enter('192.0.2.1'))
  const one = new AddressCount({ connectionsPerAddress: 1, membersPerAddress: 0 })
  one.leave('192.0.2.1')
  t.ok(one.enter('192.0.2.1'))
  t.notOk(one.enter('192.0.2.1'), 'nobody has left whom it had counted')
})

t.test('who has logged in leaves the place to others, up to a limit', async (t) => {
  let members = 0
  const count = new AddressCount({ connectionsPerAddress: 2, membersPerAddress: 3 }, () => members)
  for (let index = 0; index < 3; index++) {
    t.ok(count.enter('192.0.2.1'))
    members++
  }
  t.notOk(count.enter('192.0.2.1'), 'three are enough')
  members = 2
  t.ok(count.enter('192.0.2.1'))
  t.notOk(count.enter('192.0.2.1'), 'two have not logged in')
})
