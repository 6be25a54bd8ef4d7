import { waitingCount } from '../state/unread.ts'
import { Icon } from './icon.tsx'
import { useKnown } from './using.ts'

/** Opens the list of places where the screen is too narrow for both. */
export function MenuButton({ onMenu }: { readonly onMenu: () => void }) {
  const waiting = useKnown(waitingCount)
  return (
    <button
      type="button"
      class="menu-button quiet icon"
      aria-label={waiting > 0 ? `List of places, ${waiting} waiting` : 'List of places'}
      onClick={onMenu}
    >
      <Icon name="menu" />
      {waiting > 0 && <span class="count strong">{waiting}</span>}
    </button>
  )
}
