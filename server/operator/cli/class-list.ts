import { isUtf8 } from 'node:buffer'
import { cleanText } from '../../lib/clean.ts'
import { CsvError, type CsvRow, readCsv } from '../../lib/csv.ts'
import { openInput } from '../archive/input.ts'
import { Refused } from '../control/refused.ts'
import { refusedDisk } from '../directory/refused-disk.ts'

/** A person on a list for new accounts. */
export interface Listed {
  /** Of the file. */
  readonly line: number
  readonly name: string
  readonly password: string | undefined
  /** The name of a channel, with its #. */
  readonly room: string | undefined
}

/** A line of the list is not valid. */
export interface Fault {
  readonly line: number
  readonly why: string
}

const columns = ['name', 'password', 'room'] as const
type Column = (typeof columns)[number]
/** The most people in a file; no class is as large, and more people can go into several files. */
const mostPeople = 2000
const mostBytes = 1024 * 1024
const mostNamed = 5
/** Words at the head of a column, in English, German, French, Spanish, Italian, Dutch, Portuguese, Polish and Czech. */
const passwordWords = new Set(
  (
    'password passwords passwd pass pw pwd passphrase firstpassword initialpassword passwort passworter kennwort ' +
    'kennworter pin motdepasse mdp contrasena clave wachtwoord wachtwoorden senha palavrapasse palavrachave haslo ' +
    'hasla heslo hesla parola parolachiave'
  ).split(' '),
)
const nameWords = new Set(
  (
    'name names user users username usernames login loginname loginid userid nick nickname account accountname fullname ' +
    'firstname lastname surname givenname forename student students pupil pupils member id number no ' +
    'benutzer benutzername benutzerin nutzer nutzername vorname nachname familienname anmeldename spitzname schuler ' +
    'schulerin schulername konto kontoname nom noms prenom utilisateur nomdutilisateur identifiant pseudo pseudonyme ' +
    'compte eleve eleves nombre nombres apellido apellidos usuario usuarios nombredeusuario cuenta alumno alumna alumnos ' +
    'apodo nome nomi cognome utente nomeutente alunno alunna studente soprannome naam namen voornaam achternaam ' +
    'gebruiker gebruikers gebruikersnaam leerling bijnaam nomedeusuario nomedeutilizador utilizador usuaria apelido ' +
    'aluno aluna sobrenome conta imie imiona nazwisko nazwa uzytkownik nazwauzytkownika uczen pseudonim jmeno jmena ' +
    'prijmeni uzivatel uzivatelskejmeno prezdivka zak ucet'
  ).split(' '),
)

/**
 * Reads a list of people from a file: name, password and channel, separated by commas, semicolons or tabs, with or
 * without a line of column heads. Password and channel may be empty.
 * @throws {Refused} if anything in it is not valid
 */
export async function readClass(file: string): Promise<Listed[]> {
  const [first, ...others] = rowsOf(file, await bytesOf(file))
  if (!first) throw refusedClass(file, [{ line: 1, why: 'there is nobody in it' }])
  const head = headOf(first)
  const strangeHead = head ? undefined : headingIn(first)
  if (strangeHead !== undefined)
    throw refusedClass(file, [
      {
        line: first.line,
        why: `${JSON.stringify(strangeHead)} looks like the head of a column, and not like somebody. Write ${columns.join(',')} there, or leave that line out`,
      },
    ])
  const order: readonly string[] = head ?? columns
  const strange = order.find((column) => !columns.some((one) => one === column))
  const twice = order.find((column, index) => order.indexOf(column) !== index)
  if (strange !== undefined || twice !== undefined)
    throw refusedClass(file, [
      {
        line: first.line,
        why:
          strange === undefined
            ? `there are two columns ${twice}`
            : `there is a column ${JSON.stringify(strange)}, and there can be ${columns.join(', ')}`,
      },
    ])
  const list = (head ? others : [first, ...others]).map((row) => personOf(row, order))
  const faults = [...list.flatMap(({ fault }) => fault ?? []), ...doublesOf(list)]
  const above = list[mostPeople]
  if (list.length === 0) faults.push({ line: first.line, why: 'there is nobody below it' })
  if (above) faults.push({ line: above.line, why: `more than ${mostPeople} at once: use several files` })
  if (faults.length > 0) throw refusedClass(file, faults)
  return list
}

/** Names the lines that are not valid. */
export function refusedClass(file: string, faults: readonly Fault[]): Refused {
  const sorted = faults.toSorted((a, b) => a.line - b.line)
  const named = sorted
    .slice(0, mostNamed)
    .map(({ line, why }) => `line ${line}: ${cleanText(why).replace(/\.$/, '')}`)
  const more = faults.length - named.length
  const message = `${file}, ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}. Nobody was registered.`
  return new Refused({ code: 'bad-list', message })
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    // Do not wait for a pipe without an end.
    const { source } = await openInput(file)
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > mostBytes) break
    }
    return Buffer.concat(chunks)
  } catch (error) {
    throw refusedDisk(error, `${file} cannot be read`)
  }
}

function rowsOf(file: string, bytes: Buffer): CsvRow[] {
  const how = 'Save it as "CSV UTF-8"'
  const refused = (line: number, why: string) => refusedClass(file, [{ line, why }])
  if (bytes.length > mostBytes) throw refused(1, 'it is too large for a list')
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04')
    throw refused(
      1,
      'it is an Excel workbook (or another zip archive). Save it as CSV: in the program that made it, "Save as", "CSV UTF-8"',
    )
  if (bytes.includes(0)) throw refused(1, `it is a workbook, or UTF-16. ${how}`)
  if (!isUtf8(bytes)) throw refused(wrongLine(bytes), `it is not UTF-8. ${how}`)
  try {
    return readCsv(bytes.toString().replace(/^\ufeff/, ''))
  } catch (error) {
    throw error instanceof CsvError ? refused(error.line, error.message) : error
  }
}

/** The first line that is not valid UTF-8. */
function wrongLine(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n')
  return lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1
}

/** The columns, if the first row has column heads. */
function headOf({ cells }: CsvRow): string[] | undefined {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  while (names.at(-1) === '') names.pop()
  return names.includes('name') ? names : undefined
}

/** What a first row says in other words than ours: the name cell as it is, or the password cell where a name could be anything. */
function headingIn({ cells }: CsvRow): string | undefined {
  return cells.find((cell, index) => {
    const words = plainWord(cell)
    return passwordWords.has(words) || (index === 0 && nameWords.has(words))
  })
}

/** Removes accents, capitals and separators of words: "Mot de passe" and "first_name". */
function plainWord(cell: string): string {
  return cell
    .normalize('NFKD')
    .toLowerCase()
    .replace(/ł/g, 'l')
    .replace(/[^a-z0-9]/g, '')
}

function personOf({ cells, line }: CsvRow, order: readonly string[]): Listed & { fault?: Fault } {
  const of = (column: Column) => cells[order.indexOf(column)]?.trim() || undefined
  const [name = '', room] = [of('name'), of('room')]
  const person = {
    line,
    name,
    password: of('password'),
    room: room === undefined ? undefined : `#${room.replace(/^#/, '')}`,
  }
  const isLonger = cells.slice(order.length).some((cell) => cell !== '')
  if (isLonger) return { ...person, fault: { line, why: `there are more fields than ${order.join(', ')}` } }
  if (name === '') return { ...person, fault: { line, why: 'the name is missing' } }
  const isTyped = !/\p{Cc}/u.test(person.password ?? '')
  return isTyped ? person : { ...person, fault: { line, why: 'nobody can type that password' } }
}

function doublesOf(list: readonly Listed[]): Fault[] {
  const lines = new Map<string, number>()
  return list.flatMap(({ line, name }) => {
    const before = lines.get(name.toLowerCase())
    if (before === undefined) lines.set(name.toLowerCase(), line)
    return before === undefined || name === '' ? [] : [{ line, why: `${name} is in line ${before} already` }]
  })
}
