import fc from 'fast-check'
import t from 'tap'
import type { Account, Channel } from '../../server/chat/model/people.ts'
import { contradictions } from '../support/invariants.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { codeOf, TestListener, World } from '../support/world.ts'

/** The last one is an operator, as long as the account lasts. */
const names = ['anna', 'bob', 'carol', 'root'] as const
const rooms = ['#tea', '#den'] as const

const who = fc.constantFrom(...names)
const room = fc.constantFrom(...rooms)
const alone = <T extends string>(type: T, weight = 1) => ({
  weight,
  arbitrary: fc.record({ type: fc.constant(type), who }),
})
const about = <T extends string>(type: T, weight = 2) => ({
  weight,
  arbitrary: fc.record({ type: fc.constant(type), who, room }),
})
const on = <T extends string>(type: T, weight = 2) => ({
  weight,
  arbitrary: fc.record({ type: fc.constant(type), who, room, whom: who }),
})
const create = fc.record({ type: fc.constant('create' as const), who, room, isPrivate: fc.boolean() })
const answer = fc.record({ type: fc.constantFrom('accept', 'reject'), who, number: fc.nat(2) })

const act = fc.oneof(
  { weight: 4, arbitrary: create },
  { weight: 8, arbitrary: answer },
  about('join', 4),
  about('leave'),
  on('invite', 8),
  on('remove'),
  on('ban'),
  on('unban'),
  on('promote', 4),
  on('demote'),
  on('transfer', 4),
  on('mute'),
  on('unmute'),
  alone('delete'),
  alone('sign-up', 2),
  alone('arrive'),
  alone('depart'),
)

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

/** Failures that a random act may meet; anything else is a defect. */
const usual = new Set([
  undefined,
  'already-a-member',
  'banned',
  'cancelled',
  'invite-only',
  'last-operator',
  'name-taken',
  'no-such-ban',
  'no-such-channel',
  'no-such-request',
  'no-such-user',
  'not-a-member',
  'not-allowed',
])

/** A world, and who has a right to be in each of its private channels. */
class Scene {
  readonly store = new MemoryStore()
  readonly #invited = new Map<number, Set<number>>()
  #world: World | undefined

  static async start(): Promise<Scene> {
    const scene = new Scene()
    scene.#world = await World.load({ store: scene.store })
    for (const name of names) await scene.#signUp(name)
    return scene
  }

  get world(): World {
    if (!this.#world) throw new Error('The world has not begun')
    return this.#world
  }

  /** As after a restart of the server: nobody is connected. */
  async restart(): Promise<void> {
    this.#world = await World.load({ store: this.store })
  }

  async perform(one: Act): Promise<void> {
    const {
      channels,
      creating,
      invitations,
      joining,
      leaving,
      lifting,
      moderation,
      presence,
      restraining,
      timeline,
    } = this.world
    const account = this.world.directory.findAccount(one.who)
    if (one.type === 'sign-up' && !account) return this.#signUp(one.who)
    if (!account) return
    switch (one.type) {
      case 'sign-up':
        return
      case 'arrive':
        presence.arrive(account, new TestListener())
        invitations.takeAnswers(account)
        return
      case 'depart':
        for (const ear of [...account.listeners]) presence.depart(account, ear, timeline.lastId)
        return
      case 'delete':
        return this.world.deletion.delete(account)
      case 'create':
        this.#allow(await creating.create(account, one.room, one.isPrivate), account)
        return
      case 'join':
        await joining.join(account, one.room)
        return
      case 'leave':
        return leaving.leave(account, channels.require(one.room, account))
      case 'accept':
      case 'reject': {
        const request = invitations.waitingFor(account)[one.number]?.request ?? 0
        if (one.type === 'reject') await invitations.reject(account, request)
        else this.#allow((await invitations.accept(account, request)).channel, account)
        return
      }
      case 'invite':
        await invitations.invite(account, channels.require(one.room, account), [one.whom])
        return
      case 'promote':
      case 'demote': {
        const channel = channels.requireFor(one.room, account)
        await moderation.setModerator(account, channel, one.whom, one.type === 'promote')
        return
      }
      case 'mute':
        await restraining.mute(account, channels.requireFor(one.room, account), one.whom)
        return
      case 'ban':
        await restraining.ban(account, channels.requireFor(one.room, account), one.whom)
        return
      case 'unban':
      case 'unmute':
        await lifting[one.type](account, channels.requireFor(one.room, account), one.whom)
        return
      case 'remove':
      case 'transfer':
        await moderation[one.type](account, channels.requireFor(one.room, account), one.whom)
        return
      default:
        one satisfies never
    }
  }

  /** What is wrong now, and what would be after a restart; empty if nothing is. */
  async wrong(): Promise<string[]> {
    const again = await contradictions(await World.load({ store: this.store.copy() }))
    return [
      ...this.#intruders(),
      ...(await contradictions(this.world)),
      ...again.map((one) => `reloaded: ${one}`),
    ]
  }

  #allow(channel: Channel, account: Account): void {
    const allowed = this.#invited.get(channel.id) ?? new Set()
    this.#invited.set(channel.id, allowed.add(account.id))
  }

  /** Who is in a private channel that they neither made nor were invited into since they were last in it. */
  #intruders(): string[] {
    const { channels, directory } = this.world
    const wrong: string[] = []
    for (const account of directory.accounts()) {
      for (const channel of account.channels)
        if (channel.private && !this.#invited.get(channel.id)?.has(account.id))
          wrong.push(`${account.name} is in ${channel.name} uninvited`)
    }
    for (const [id, allowed] of this.#invited) {
      const members = [...(channels.byId(id)?.members.keys() ?? [])]
      this.#invited.set(id, new Set(members.map((one) => one.id).filter((one) => allowed.has(one))))
    }
    return wrong
  }

  async #signUp(name: string): Promise<void> {
    const account = await this.world.account(name, new TestListener())
    if (name === 'root') await this.world.operators.set(account, true)
  }
}

async function checkAfter(scene: Scene, acts: unknown): Promise<void> {
  const wrong = await scene.wrong()
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')} after ${JSON.stringify(acts)}`)
}

t.test('whatever people do in groups, one after the other, with restarts', async (t) => {
  const seen = new Set<string>()
  const steps = fc.array(fc.oneof({ weight: 20, arbitrary: act }, fc.constant('restart' as const)), {
    maxLength: 40,
    size: 'max',
  })
  const check = fc.asyncProperty(steps, async (acts) => {
    const scene = await Scene.start()
    for (const [index, one] of acts.entries()) {
      if (one === 'restart') await scene.restart()
      else {
        const code = await codeOf(scene.perform(one))
        if (!usual.has(code)) throw new Error(`${code} on ${JSON.stringify(one)}`)
        if (code === undefined) seen.add(one.type)
      }
      await checkAfter(scene, acts.slice(0, index + 1))
    }
  })
  // What happens seldom does not happen in every run of a hundred and fifty.
  for (let round = 0; round === 0 || (round < 4 && seen.size < 18); round++)
    await t.resolves(fc.assert(check, { numRuns: 150 }))
  t.equal(seen.size, 18, 'everything worked at least once')
})

t.test('whatever people do in groups at the same time', async (t) => {
  const together = act.filter(({ type }) => !['sign-up', 'arrive', 'depart'].includes(type))
  const check = fc.asyncProperty(
    fc.array(fc.array(together, { minLength: 1, maxLength: 6 }), { maxLength: 10, size: 'max' }),
    async (turns) => {
      const scene = await Scene.start()
      for (const [index, acts] of turns.entries()) {
        const codes = await Promise.all(acts.map((one) => codeOf(scene.perform(one))))
        for (const code of codes) if (!usual.has(code)) throw new Error(`${code} in ${JSON.stringify(acts)}`)
        await checkAfter(scene, turns.slice(0, index + 1))
      }
    },
  )
  await t.resolves(fc.assert(check, { numRuns: 200 }))
})
