import t from 'tap'
import { VaultFull } from '../../server/chat/ports/vault.ts'
import { MemoryVault } from '../support/memory-vault.ts'
import { readAll, sampleBytes, vaultContract } from './vault-contract.ts'

vaultContract(t, 'memory', async () => new MemoryVault())

t.test('it is full when told to, and keeps what fits', async (t) => {
  const vault = new MemoryVault()
  vault.capacity = 100
  const part = await vault.open('a', 0)
  await part.append(sampleBytes(60))
  t.equal(await vault.freeBytes(), 40)
  await t.rejects(part.append(sampleBytes(60)), VaultFull)
  t.equal(part.length, 100)
  t.equal(await vault.partBytes('a'), 100)
  vault.capacity = 200
  await part.append(sampleBytes(10))
  await part.finish()
  const expected = Buffer.concat([sampleBytes(60), sampleBytes(60).subarray(0, 40), sampleBytes(10)])
  t.ok((await readAll(vault, 'a', 0, 110)).equals(expected))
})
