import type { LoginAddressRecord } from '../model/login-addresses.ts'
/** The part of the Store about the addresses from which people log in. */
export interface LoginStore {
  /** Oldest first. */
  loginAddresses(account: number): Promise<LoginAddressRecord[]>
  /** Stores a new address, and forgets those used longest ago beyond `most`. False if it was known, or there is no such account. */
  addLoginAddress(account: number, record: LoginAddressRecord, most: number): Promise<boolean>
  /** Sets when an address was used last. */
  useLoginAddress(account: number, address: string, at: number): Promise<void>
  /** Marks addresses as told. */
  tellLoginAddresses(account: number, addresses: readonly string[]): Promise<void>
}
