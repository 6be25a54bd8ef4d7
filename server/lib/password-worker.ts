import { compareSync, hashSync } from 'bcryptjs'

export type PasswordTask =
  | { readonly password: string; readonly cost: number; readonly hash?: undefined }
  | { readonly password: string; readonly hash: string }

/** Runs in a worker thread: makes a hash, or compares with one. */
export default function work(task: PasswordTask): string | boolean {
  return task.hash === undefined ? hashSync(task.password, task.cost) : compareSync(task.password, task.hash)
}
