import type { LoginAddressRecord } from '../model/login-addresses.ts'
/** The part of the Store about where people log in from. */
export interface LoginStore {
  /** Oldest first. */
  loginAddresses(account: number): Promise<LoginAddressRecord[]>
  /** Stores one that is new, and forgets those used longest ago beyond `most`. False if it was known, or nobody's. */
  addLoginAddress(account: number, record: LoginAddressRecord, most: number): Promise<boolean>
  /** Sets when an address was used last. */
  useLoginAddress(account: number, address: string, at: number): Promise<void>
  /** Marks addresses as told. */
  tellLoginAddresses(account: number, addresses: readonly string[]): Promise<void>
}
