import t from 'tap'
import { StoreUnavailable } from '../../server/chat/ports/store-errors.ts'
import { MemoryStore } from '../support/memory-store.ts'
import { storeContract } from './contract.ts'
import { newMessage, populate, texts } from './samples.ts'

storeContract(t, 'memory', async () => new MemoryStore())

t.test('it fails when told to, and stores nothing of it', async (t) => {
  const store = new MemoryStore()
  const { anna, tea } = await populate(store)
  store.failing = true
  await t.rejects(store.append(newMessage('lost', { from: anna, channel: tea })), StoreUnavailable)
  await t.rejects(store.setTopic(tea, 'lost'), StoreUnavailable)
  await t.rejects(store.ping(), StoreUnavailable)
  t.same(await store.channelHistory(tea, { limit: 9 }), [], 'reads still work')
  store.failing = false
  await store.append(newMessage('kept', { from: anna, channel: tea }))
  t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['kept'])
})
