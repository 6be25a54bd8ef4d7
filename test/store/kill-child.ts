import { openStore } from '../../server/store/open.ts'
import { newMessage, populate } from './samples.ts'

/** Says things without end in the store named on the command line, and prints each number once it is stored. */
const store = await openStore({ file: process.argv[2] ?? '', synchronous: 'full' })
const { anna, tea } = await populate(store)
const talk = async (): Promise<never> => {
  for (;;) {
    const id = await store.append(newMessage('said', { from: anna, channel: tea }))
    process.stdout.write(`${id}\n`)
  }
}
await Promise.all([talk(), talk(), talk()])
