import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'

t.test('what was confirmed is still there after kill -9', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  const script = join(import.meta.dirname, 'kill-child.ts')
  const child = spawn(process.execPath, ['--import=./test/support/compile.mjs', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  let confirmed = 0
  for await (const line of createInterface({ input: child.stdout })) {
    confirmed = Number(line)
    if (confirmed >= 300) child.kill('SIGKILL')
  }
  t.same(await exit, [null, 'SIGKILL'])

  const store = await openStore({ file, synchronous: 'full' })
  t.teardown(() => store.close())
  const { channels, lastMessageId } = await store.load()
  t.ok(lastMessageId >= confirmed, `${confirmed} confirmed, ${lastMessageId} stored`)
  const channel = channels[0]?.id ?? 0
  t.equal(await store.countChannel(channel, { limit: 100_000, before: confirmed + 1 }), confirmed)
})
