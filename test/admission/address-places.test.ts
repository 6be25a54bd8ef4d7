import t from 'tap'
import { type AddressLimits, AddressPlaces, type Present } from '../../server/admission/address-places.ts'

function begin(limits: AddressLimits) {
  const places = new AddressPlaces(limits)
  /** A connection, if there is room for it. */
  const enter = (address: string): { isMember: boolean } | undefined => {
    if (!places.hasRoom(address)) return undefined
    const connection = { isMember: false }
    places.add(address, connection)
    return connection
  }
  return { places, enter }
}

const somebody: Present = { isMember: false }

t.test('so many connections of one address, and a place that becomes free', async (t) => {
  const { enter, places } = begin({ connectionsPerAddress: 2, membersPerAddress: 0 })
  const first = enter('192.0.2.1')
  t.ok(first)
  t.ok(enter('::ffff:192.0.2.1'))
  t.notOk(enter('192.0.2.1'), 'a third one')
  t.ok(enter('192.0.2.2'), 'others are not concerned')
  if (first) places.delete('192.0.2.1', first)
  t.ok(enter('192.0.2.1'))
  t.notOk(enter('192.0.2.1'))
})

t.test('a customer’s /64 is one address, and this machine is not limited', async (t) => {
  const { enter, places } = begin({ connectionsPerAddress: 1, membersPerAddress: 0 })
  t.ok(enter('2001:db8:1:2::1'))
  t.notOk(enter('2001:db8:1:2:ffff::9'))
  t.ok(enter('2001:db8:1:3::1'))
  for (let index = 0; index < 100; index++) t.ok(enter('127.0.0.1'))
  for (let index = 0; index < 200; index++) places.delete('127.0.0.1', somebody)
})

t.test('0 is no limit, and what is left is not counted', async (t) => {
  const free = begin({ connectionsPerAddress: 0, membersPerAddress: 0 })
  for (let index = 0; index < 100; index++) t.ok(free.enter('192.0.2.1'))
  const one = begin({ connectionsPerAddress: 1, membersPerAddress: 0 })
  one.places.delete('192.0.2.1', somebody)
  t.ok(one.enter('192.0.2.1'))
  one.places.delete('192.0.2.1', somebody)
  t.notOk(one.enter('192.0.2.1'), 'nobody has left who was there')
})

t.test('who has logged in leaves the place to others, up to a limit', async (t) => {
  const { enter } = begin({ connectionsPerAddress: 2, membersPerAddress: 3 })
  const members: { isMember: boolean }[] = []
  for (let index = 0; index < 3; index++) {
    const member = enter('192.0.2.1')
    if (!member) throw new Error('There was no room')
    member.isMember = true
    members.push(member)
  }
  t.notOk(enter('192.0.2.1'), 'three are enough')
  for (const member of members.slice(0, 1)) member.isMember = false
  t.ok(enter('192.0.2.1'))
  t.notOk(enter('192.0.2.1'), 'two have not logged in')
})

t.test('asking looks at nobody from elsewhere', async (t) => {
  const places = new AddressPlaces({ connectionsPerAddress: 1, membersPerAddress: 0 })
  let asked = 0
  const newMember = (): Present => ({
    get isMember() {
      asked++
      return true
    },
  })
  for (let index = 0; index < 1000; index++) places.add(`198.51.${index >> 8}.${index & 255}`, newMember())
  t.ok(places.hasRoom('192.0.2.1'))
  places.add('192.0.2.1', newMember())
  t.ok(places.hasRoom('192.0.2.1'))
  t.equal(asked, 1)
})
