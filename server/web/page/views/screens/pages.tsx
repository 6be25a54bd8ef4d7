/** Forth and back in a long list. */
export function Pages({
  page,
  more,
  onPage,
}: {
  readonly page: number
  readonly more: boolean
  readonly onPage: (page: number) => void
}) {
  return page === 1 && !more ? null : (
    <div class="buttons start">
      <button type="button" disabled={page === 1} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      <span>Page {page}</span>
      <button type="button" disabled={!more} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </div>
  )
}
