/** What a person can type after their connection was lost in a private talk. */
export function resumeText(other = '', back = 'TARGET'): string {
  return `/chat ${other} to go on with it, /switch ${back} to talk there.`
}
