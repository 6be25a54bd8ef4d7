import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Data } from '../../wire/protocol.ts'
import { useChat, useKnown } from '../using.ts'

export interface Asked {
  readonly data: Data | undefined
  readonly failed: string | undefined
  readonly again: () => void
}

/** The answer to a line, asked when the view comes, and again when the connection does or `again` is called. */
export function useAsked(line: string | undefined): Asked {
  const chat = useChat()
  const isThere = useKnown((state) => state.link.state === 'open' && state.me !== undefined)
  const [data, setData] = useState<Data>()
  const [failed, setFailed] = useState<string>()
  const [version, setVersion] = useState(0)
  const again = useCallback(() => setVersion((before) => before + 1), [])
  useEffect(() => {
    if (!isThere || line === undefined) return
    let isWanted = true
    void chat.command(line).then((result) => {
      if (!isWanted) return
      if (result.ok) setData(result.data)
      setFailed(result.ok ? undefined : result.error.message)
    })
    return () => {
      isWanted = false
    }
  }, [chat, line, isThere, version])
  return { data, failed, again }
}
