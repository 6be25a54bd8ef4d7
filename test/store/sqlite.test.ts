import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../server/store/open.ts'
import { directoryFor } from '../support/directory.ts'
import { storeContract } from './contract.ts'

const folder = directoryFor(t)
let files = 0

storeContract(t, 'SQLite', () => {
  const file = join(folder, `contract-${++files}.db`)
  return openStore({ file, synchronous: 'off' })
})
