import type { ComponentChildren } from 'preact'
import { MenuButton } from '../menu-button.tsx'

export function ScreenHead({
  title,
  onMenu,
  children,
}: {
  readonly title: string
  readonly onMenu: () => void
  readonly children?: ComponentChildren
}) {
  return (
    <header class="head">
      <MenuButton onMenu={onMenu} />
      <h1>
        <bdi>{title}</bdi>
      </h1>
      {children}
    </header>
  )
}
