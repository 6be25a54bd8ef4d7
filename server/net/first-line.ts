/**
 * What a browser or an HTTP client gets that came here by mistake, or was sent here by a page that
 * means harm: no line of such a request is ever taken for chat.
 */
export const httpAnswer =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n' +
  'This is a chat server, not a web server. Connect with nc or telnet.\n'

/** Whether a connection's first line is one of HTTP. */
export function isHttp(line: string): boolean {
  return /^[A-Z]+ \S+ HTTP\/\d(\.\d)?$/.test(line)
}
