import type { Address, AddressBlock } from './address-block.ts'
import { IndexOf } from './index-of.ts'

/** Things by blocks of addresses: those of one address are found by looking once for each length of a block that there is. */
export class AddressTable<V> {
  /** By the size of addresses and the length of blocks, and then by the bits that a block begins with. */
  readonly #byLength = new Map<string, { readonly block: AddressBlock; readonly index: IndexOf<bigint, V> }>()

  add(block: AddressBlock, value: V): void {
    const key = lengthOf(block)
    const found = this.#byLength.get(key)
    if (found) found.index.add(block.prefix, value)
    else {
      const index = new IndexOf<bigint, V>()
      index.add(block.prefix, value)
      this.#byLength.set(key, { block, index })
    }
  }

  delete(block: AddressBlock, value: V): void {
    const key = lengthOf(block)
    const index = this.#byLength.get(key)?.index
    index?.delete(block.prefix, value)
    if (index?.size === 0) this.#byLength.delete(key)
  }

  /** Those of this very block. */
  of(block: AddressBlock): V[] {
    return [...(this.#byLength.get(lengthOf(block))?.index.of(block.prefix) ?? [])]
  }

  /** Those of all blocks that an address is in. */
  *covering(address: Address | undefined): Iterable<V> {
    if (!address) return
    for (const { block, index } of this.#byLength.values())
      if (block.size === address.size) yield* index.of(address.value >> BigInt(block.size - block.length))
  }
}

function lengthOf({ length, size }: AddressBlock): string {
  return `${size}/${length}`
}
