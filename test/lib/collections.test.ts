import fc from 'fast-check'
import t from 'tap'
import { parseAddressBlock, readAddress } from '../../server/lib/address-block.ts'
import { AddressTable } from '../../server/lib/address-table.ts'
import { Beginnings } from '../../server/lib/beginnings.ts'
import { Deadlines } from '../../server/lib/deadlines.ts'
import { IndexOf } from '../../server/lib/index-of.ts'
import { excluding, including, none, sharedSet } from '../../server/lib/shared-set.ts'
import { Sorted } from '../../server/lib/sorted.ts'

t.test('a sorted list is what sorting would make of it, however much comes and goes', async () => {
  const change = fc.record({ n: fc.integer({ min: 0, max: 3000 }), on: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(fc.nat(3000), { maxLength: 1500 }),
      fc.array(change, { maxLength: 1500 }),
      (first, changes) => {
        const numbers = new Set(first)
        const list = new Sorted<number>((a, b) => a - b, numbers)
        for (const { n, on } of changes) {
          if (!on) {
            if (list.delete(n) !== numbers.delete(n)) return false
          } else if (!numbers.has(n)) {
            numbers.add(n)
            list.add(n)
          }
        }
        const sorted = [...numbers].sort((a, b) => a - b)
        const same = (items: readonly number[]) =>
          items.length === sorted.length && items.every((n, at) => n === sorted[at])
        const from = (least: number) => sorted.filter((n) => n >= least)
        const isFrom = [0, 7, 1500, 3001].every((n) => String([...list.from(n)]) === String(from(n)))
        if (!isFrom || [0, 7, 1500].some((n) => list.has(n) !== numbers.has(n))) return false
        return list.size === sorted.length && list.first === sorted[0] && same([...list]) && same(list.items)
      },
    ),
    { numRuns: 50 },
  )
})

t.test('names are found by how they begin, also those that came or went since the first time', async (t) => {
  const names = new Set(['tea', 'team', 'toast'])
  const beginnings = new Beginnings(() => names)
  beginnings.add('milk')
  t.same([...beginnings.from('te')], ['tea', 'team'])
  beginnings.add('teapot')
  beginnings.add('teapot')
  beginnings.delete('tea')
  beginnings.delete('cake')
  t.same([...beginnings.from('te')], ['team', 'teapot'])
  t.same([...beginnings.from('')], ['team', 'teapot', 'toast'], 'the first time is when it is first asked')
  t.same([...beginnings.from('x')], [])
})

t.test('what is due comes in the order of its time, once, and as it was set last', async (t) => {
  const deadlines = new Deadlines<string, string>()
  deadlines.set('tea', 30, 'green')
  deadlines.set('cake', 10, 'plum')
  deadlines.set('milk', 20, 'warm')
  deadlines.set('tea', 20, 'black')
  t.equal(deadlines.next, 10)
  t.same(deadlines.due(20), ['plum', 'warm', 'black'])
  deadlines.delete('milk')
  t.same(deadlines.take(20), ['plum', 'black'])
  t.same([deadlines.next, deadlines.take(99), [...deadlines]], [undefined, [], []])
})

t.test('the blocks that an address is in are those that cover it', async () => {
  const byte = fc.constantFrom(0, 1, 127, 128, 255)
  const four = fc.tuple(fc.constantFrom(10, 192), byte, byte, byte).map((bytes) => bytes.join('.'))
  const six = fc
    .tuple(fc.constantFrom('2001:db8', 'fe80:0'), byte, byte)
    .map(([head, a, b]) => `${head}::${a}:${b}`)
  const address = fc.oneof(four, six)
  const cidr = fc
    .tuple(address, fc.nat(128))
    .map(([text, bits]) => `${text}/${text.includes(':') ? bits : bits % 33}`)
  fc.assert(
    fc.property(
      fc.array(fc.oneof(cidr, address), { maxLength: 30 }),
      fc.nat(),
      address,
      (cidrs, without, one) => {
        const blocks = cidrs.flatMap((text) => parseAddressBlock(text) ?? [])
        const table = new AddressTable<string>()
        for (const block of blocks) table.add(block, block.name)
        const gone = blocks[without % Math.max(1, blocks.length)]
        if (gone) table.delete(gone, gone.name)
        const read = readAddress(one)
        const wanted = new Set(
          blocks.filter((block) => block.covers(read) && block.name !== gone?.name).map(({ name }) => name),
        )
        const found = new Set(table.covering(read))
        return found.size === wanted.size && [...found].every((name) => wanted.has(name))
      },
    ),
  )
})

t.test('an index has nothing of a key whose last thing is gone', async (t) => {
  const index = new IndexOf<string, number>()
  index.add('a', 1)
  index.add('a', 2)
  index.delete('a', 1)
  index.delete('b', 1)
  t.same([[...index.of('a')], [...index.of('b')], index.size], [[2], [], 1])
  t.same([[...index.take('a')], index.size], [[2], 0])
})

t.test('a set that many have is never changed', async (t) => {
  const shared = sharedSet(['lobby'])
  const two = including(shared, 'tea')
  t.same([...two], ['lobby', 'tea'])
  t.same([...shared], ['lobby'])
  t.equal(including(two, 'cake'), two, 'one of its own is')
  t.same([...excluding(shared, 'lobby')], [])
  t.same([...shared], ['lobby'])
  t.equal(excluding(including(none<string>(), 'a'), 'a'), none())
  t.equal(none<string>().size, 0)
  t.equal(including(shared, 'lobby'), shared)
})

t.test('a set of one item is read as others are', async (t) => {
  const one = including(none<string>(), 'a')
  const set = new Set(['a'])
  for (const read of [one, set]) {
    t.equal(read.size, 1)
    t.same([read.has('a'), read.has('b')], [true, false])
    t.same([[...read], [...read.keys()], [...read.values()]], [['a'], ['a'], ['a']])
    t.same([...read.entries()], [['a', 'a']])
    const called: unknown[] = []
    read.forEach((...args) => void called.push(args))
    t.same(called, [['a', 'a', read]])
  }
  t.same([...including(one, 'b')], ['a', 'b'])
  t.same([...one], ['a'], 'it does not change')
  t.equal(including(one, 'a'), one)
})
