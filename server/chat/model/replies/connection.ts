import type { CharsetName } from '../../../lib/charset-names.ts'
import type { Format } from '../manner.ts'

export interface CommandHelp {
  readonly name: string
  readonly usage: string
  readonly summary: string
}

/** Help and the menu, and settings of this connection. */
export type ConnectionReply =
  | { readonly code: 'menu'; readonly choices: readonly { readonly key: string; readonly label: string }[] }
  | { readonly code: 'menu-left'; readonly target?: string | undefined }
  /** The list is not shown again on its own. */
  | { readonly code: 'menu-again' }
  | {
      readonly code: 'help'
      /** Whether to show summaries, and not only names. */
      readonly explained: boolean
      /** The person cannot talk yet; `mayNick`: a nick is enough for that. */
      readonly visitor: boolean
      readonly mayNick: boolean
      readonly areas: readonly { readonly title: string; readonly commands: readonly CommandHelp[] }[]
    }
  | {
      readonly code: 'help-command'
      readonly command: CommandHelp
      readonly aliases: readonly string[]
      readonly text: string
      readonly who: 'visitor' | 'guest' | 'member' | 'operator'
      /** The person may not use the command. */
      readonly barred: boolean
    }
  | { readonly code: 'format'; readonly format: Format }
  | { readonly code: 'time'; readonly clock: '24' | '12'; readonly zone: string; readonly now: number }
  | { readonly code: 'color'; readonly on: boolean }
  /** `isNew`: it was set now. `terminal`: the type of the terminals for which the account remembers it. */
  | {
      readonly code: 'charset'
      readonly charset: CharsetName | 'utf-8'
      readonly isNew: boolean
      readonly terminal: string | undefined
    }
  | { readonly code: 'hold'; readonly on: boolean }
  /** Whether the server edits the line now, and what was chosen for this connection. */
  | { readonly code: 'editor'; readonly on: boolean; readonly choice: 'on' | 'off' | 'auto' }
  | { readonly code: 'bell'; readonly for: 'off' | 'mentions' | 'all' }
  | { readonly code: 'pong'; readonly text: string }
  /** What follows in the lists of an answer that did not fit into one line, as its dialect writes it. */
  | { readonly code: 'rest'; readonly data: object; readonly rest?: number }
  | { readonly code: 'nothing-to-cancel' }
  | { readonly code: 'goodbye' }
