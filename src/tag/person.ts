/** Who the person says they are. An e-mail address leaves the browser only as its hash. */
import { take } from './gate.js'
import { idLengthMax, newMessage } from './message.js'
import { textOf } from './reading.js'

let told = ''

/** @param email or, where the page has it hashed already, `emailSha256`: hexadecimal. */
export function identify(customer: unknown, email: unknown, emailSha256: unknown): void {
  const customerId = textOf(customer, idLengthMax)
  const address = textOf(email, 320)
  const hash = textOf(emailSha256, 64)
  if (hash !== undefined || address === undefined) tellOf(customerId, hash?.toLowerCase())
  else sha256(address.normalize().toLowerCase()).then((made) => tellOf(customerId, made))
}

/** The next person is to be told of even if they are the same. */
export function forgetPerson(): void {
  told = ''
}

function tellOf(customerId: string | undefined, emailSha256: string | undefined): void {
  const person = `${customerId} ${emailSha256}`
  if (person === told || (customerId === undefined && emailSha256 === undefined)) return
  told = person
  take(newMessage('identify', { customerId, emailSha256 }))
}

/** @returns in hexadecimal; undefined where the browser can't, as on pages without TLS. */
async function sha256(text: string): Promise<string | undefined> {
  try {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
  } catch {
    return undefined
  }
}
